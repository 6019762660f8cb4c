/**
 * `node tools/image/assemble.ts APP FOLDER`: copies everything that an app needs, except Node.js, into one folder: the
 * built bundle and the installed packages. The Dockerfile builds its image from it.
 */
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { reportFailure } from '../ui/report-failure.ts';
import { ToolError } from '../ui/tool.error.ts';
import { paths } from '../workspace/paths.ts';
import { packagesOf } from './bundle-imports.ts';
import { dependencyClosure, type LockedPackage } from './dependency-closure.ts';

/** Suffixes of files that are not needed at run time. Licences are kept. */
const UNUSED_SUFFIXES = new Set([
  '.map',
  '.ts',
  '.mts',
  '.cts',
  '.md',
  '.markdown',
  '.flow',
  '.tsbuildinfo',
  '.yml',
]);

/** Folders of a package that are never imported: development files, and builds for other platforms. */
const UNUSED_FOLDERS =
  /^(?:\..*|tests?|__tests__|bench(?:marks?)?|examples?|esm5|esnext|dist-types|browser)$/;

try {
  const [app = '', target = ''] = process.argv.slice(2);
  assemble(app, resolve(target));
} catch (error) {
  process.exitCode = reportFailure(error);
}

function assemble(app: string, target: string): void {
  const bundle = paths.inClone('dist', 'apps', app);
  if (app === '' || !existsSync(join(bundle, 'main.js')))
    throw new ToolError(`There is no bundle of ${app || 'the app, whose name is missing'}.`, {
      remedies: ['npx nest build gateway (or grpc-server, cron-server, worker)'],
    });
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new ToolError(`${target} is not empty.`, { remedies: ['choose an empty folder'] });
  mkdirSync(join(target, 'config'), { recursive: true });
  // The bundle finds its parts by the same relative paths as below dist/.
  cpSync(bundle, join(target, 'apps', app), { recursive: true });
  writeFileSync(join(target, 'main.js'), `import './apps/${app}/main.js';\n`);
  for (const file of ['default.yaml', 'production.yaml']) {
    cpSync(paths.inClone('config', file), join(target, 'config', file));
  }
  cpSync(paths.inClone('docker', 'health.js'), join(target, 'health.js'));
  const { name, version } = readJson<{ name: string; version: string }>('package.json');
  writeFileSync(
    join(target, 'package.json'),
    `${JSON.stringify({ name: `${name}-${app}`, version, type: 'module' })}\n`,
  );
  const { packages } = readJson<{ packages: Record<string, LockedPackage> }>('package-lock.json');
  const closure = dependencyClosure(packagesOf(bundle), packages, (folder) =>
    existsSync(paths.inClone(folder)),
  );
  for (const folder of closure) copyPackage(folder, target);
  const mebibytes = sizeOf(target) / 1024 ** 2;
  process.stdout.write(`${app}: ${closure.length} packages, ${mebibytes.toFixed(1)} MiB without Node.js\n`);
}

/** Copies a package without its nested packages, which are copied separately if they are needed. */
function copyPackage(folder: string, target: string): void {
  for (const entry of readdirSync(paths.inClone(folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && !UNUSED_FOLDERS.test(entry.name)) copyPackage(path, target);
    } else if (!UNUSED_SUFFIXES.has(extname(entry.name))) {
      mkdirSync(join(target, folder), { recursive: true });
      copyFileSync(paths.inClone(path), join(target, path));
    }
  }
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(paths.inClone(name), 'utf8')) as T;
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
