import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';

/** `… from "x"`, `import "x"` and `import("x")`, as rspack writes them. */
const IMPORT = /\b(?:from|import)\s*\(?\s*["']([^"'./][^"']*)["']/g;

/** The npm packages that a bundle imports, including the imports of its lazily loaded chunks. */
export function packagesOf(folder: string): string[] {
  const chunks = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const specifiers = chunks.flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(IMPORT)].map(([, specifier = '']) => specifier),
  );
  const packages = specifiers.filter((name) => !name.startsWith('node:') && !builtinModules.includes(name));
  return [...new Set(packages.map(packageOf))];
}

/** Returns the package of an import: `@nestjs/common` for `@nestjs/common/internal`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
