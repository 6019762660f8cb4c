import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

/** The slices that the README describes how to remove. */
const SAMPLES = ['messages', 'counters', 'files', 'users', 'books'].filter((name) =>
  existsSync(`proto/ganymede/${name}`),
);
/** The barrel is generated again from `proto/`. */
const MADE = 'libs/contracts/src/index.ts';
/** Files from which the README removes the line of the slice's module. */
const APP_MODULE = /^apps\/[^/]+\/src\/[^/]+\.module\.ts$/;
const CONTRACTS = /import (?:type )?\{([^}]*)\} from '@app\/contracts'/g;
const sources = new Map(
  globSync('{apps,libs,test,tools}/**/*.{ts,js,mjs}', {
    exclude: ['**/generated/**', '**/node_modules/**'],
  }).map((path) => [path, readFileSync(path, 'utf8')]),
);

/** Files outside the sample that import a file or a message of it. */
function dependentsOf(sample: string): string[] {
  const contract = new Set(namesIn(`libs/contracts/src/generated/ganymede/${sample}/**/*.ts`));
  const staying = [...sources].filter(
    ([path]) =>
      path !== MADE && !path.includes(`/${sample}/`) && !path.startsWith(`libs/contracts/src/${sample}.`),
  );
  return staying
    .filter(
      ([path, text]) =>
        importedFiles(text).some(
          (file) => file.includes(`/${sample}/`) && !isRemovedLine(path, file, sample),
        ) || importedFromContracts(text).some((name) => contract.has(name)),
    )
    .map(([path]) => path);
}

function isRemovedLine(path: string, file: string, sample: string): boolean {
  return APP_MODULE.test(path) && file.endsWith(`/${sample}.module.js`);
}

function importedFiles(text: string): string[] {
  return [...text.matchAll(/from '(\.[^']*)'/g)].map(([, path = '']) => path);
}

function importedFromContracts(text: string): string[] {
  return [...text.matchAll(CONTRACTS)].flatMap(([, names = '']) =>
    names.split(',').map((name) =>
      name
        .trim()
        .replace(/^type /, '')
        .replace(/ as .*$/, ''),
    ),
  );
}

function namesIn(pattern: string): string[] {
  return globSync(pattern).flatMap((path) =>
    [
      ...readFileSync(path, 'utf8').matchAll(/^export (?:const|interface|enum|class|type|function) (\w+)/gm),
    ].map(([, name = '']) => name),
  );
}

describe('a sample', () => {
  it('can be removed: no other file imports its files or its contract', () => {
    const found = SAMPLES.map((sample) => [sample, dependentsOf(sample)]);
    expect(found).toEqual(SAMPLES.map((sample) => [sample, []]));
  });
});
