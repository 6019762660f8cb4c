/** A package as package-lock.json describes it. */
export interface LockedPackage {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

/** Packages that a package loads by a computed name, so that no manifest lists them. */
const LOADED_BY_NAME: Readonly<Record<string, readonly string[]>> = {
  '@nestjs/microservices': ['@grpc/proto-loader'],
  '@nestjs/platform-fastify': ['@fastify/multipart'],
};

/**
 * All dependencies of some packages, as folders below the root: `node_modules/a`, `node_modules/a/node_modules/b`. An
 * optional peer dependency is included only if the app imports it, not for a package that could use it.
 *
 * @param locked the `packages` of package-lock.json
 * @param isInstalled whether a folder exists; optional packages may be missing
 */
export function dependencyClosure(
  names: readonly string[],
  locked: Readonly<Record<string, LockedPackage>>,
  isInstalled: (folder: string) => boolean,
): string[] {
  const found = new Set<string>();
  const visit = (name: string, from: string): void => {
    const folder = resolve(name, from, locked);
    if (folder === undefined || found.has(folder) || !isInstalled(folder)) return;
    found.add(folder);
    for (const needed of [...needsOf(locked[folder] ?? {}), ...(LOADED_BY_NAME[name] ?? [])]) {
      visit(needed, folder);
    }
  };
  for (const name of names) visit(name, '');
  return [...found];
}

function needsOf({ dependencies, optionalDependencies, ...peers }: LockedPackage): string[] {
  const { peerDependencies = {}, peerDependenciesMeta: meta = {} } = peers;
  const needed = Object.keys(peerDependencies).filter((name) => meta[name]?.optional !== true);
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...needed];
}

/** Searches like Node.js: beside the importing package, then in each folder above. */
function resolve(
  name: string,
  from: string,
  locked: Readonly<Record<string, LockedPackage>>,
): string | undefined {
  const folder = from === '' ? `node_modules/${name}` : `${from}/node_modules/${name}`;
  if (folder in locked) return folder;
  if (from === '') return undefined;
  return resolve(name, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), locked);
}
