/** What runs here. */
export interface BuildInfo {
  app: string;
  version: string;
  /** The commit that was built; `unknown` when it was built outside of a Git checkout. */
  commit: string;
}

/** Written into the program when it is built, see rspack.config.js; absent where nothing is built, as in unit tests. */
declare const BUILD: { readonly version: string; readonly commit?: string } | undefined;

/** What was built; `APP_VERSION` and `APP_COMMIT` outvote it, and are set when an image is built. */
export function readBuildInfo(app: string): BuildInfo {
  const build = typeof BUILD === 'undefined' ? undefined : BUILD;
  return {
    app,
    version: process.env['APP_VERSION'] || (build?.version ?? '0.0.0'),
    commit: process.env['APP_COMMIT'] || (build?.commit ?? 'unknown'),
  };
}
