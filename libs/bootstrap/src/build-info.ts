/** Name and version of the running app. */
export interface BuildInfo {
  app: string;
  version: string;
  /** The commit that was built; `unknown` when it was built outside of a Git checkout. */
  commit: string;
}

/** Defined by the build, see rspack.config.js; undefined without a build, as in unit tests. */
declare const BUILD: { readonly version: string; readonly commit?: string } | undefined;

/** The values of the build, overridden by `APP_VERSION` and `APP_COMMIT`, which an image sets. */
export function readBuildInfo(app: string): BuildInfo {
  const build = typeof BUILD === 'undefined' ? undefined : BUILD;
  return {
    app,
    version: process.env['APP_VERSION'] || (build?.version ?? '0.0.0'),
    commit: process.env['APP_COMMIT'] || (build?.commit ?? 'unknown'),
  };
}
