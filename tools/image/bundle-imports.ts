import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';

/** `… from "x"`, `import "x"` and `import("x")`, as the builder writes them. */
const IMPORT = /\b(?:from|import)\s*\(?\s*["']([^"'./][^"']*)["']/g;

/** The packages that the bundle in a folder imports, including those of its lazily loaded parts. */
export function packagesOf(folder: string): string[] {
  const parts = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const specifiers = parts.flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(IMPORT)].map(([, specifier = '']) => specifier),
  );
  const foreign = specifiers.filter((each) => !each.startsWith('node:') && !builtinModules.includes(each));
  return [...new Set(foreign.map(packageOf))];
}

/** `@nestjs/common/internal` → `@nestjs/common`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
