import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const PAGE = 'docs/decisions/0058-internals-of-packages-are-pinned-and-listed.md';

interface Row {
  readonly name: string;
  readonly version: string;
  readonly sources: readonly string[];
  readonly specs: readonly string[];
}

const rows: readonly Row[] = readFileSync(PAGE, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) => {
    const [subject = '', , where = '', , broken = ''] = line.split('|').slice(1);
    const [, name = '', version = ''] = /^ *`?([^ `]+)`? (.+?) *$/.exec(subject) ?? [];
    return { name, version, sources: pathsIn(where), specs: pathsIn(broken) };
  });

/** How a source reaches a member that a package does not declare, or a file that it does not offer. */
const REACHES = [
  // A cast to a type that stands for something else than the value; `T` is the type parameter of a decorator.
  /as unknown as (?!T\b)/,
  // A member by its name, where the compiler would refuse it.
  /Reflect\.get\([^()]+, '/,
  // Node's and others' private members.
  /\._(?:read|handle)\b|\{ _handle/,
  // A file inside a package: `build`, `dist`, `lib`, or the constants of Nest.
  /from '(?:@[^/']+\/)?[^@./'][^/']*\/(?:build|dist|lib|src)\//,
  /from '@nestjs\/[^']+\.js'/,
];

/** Places that match and reach no package: they cast types of our own. A sample that was removed took its own along. */
const OWN = [
  'libs/redis/src/cache/redis.cache.ts',
  'libs/resilience/src/resilience.support.ts',
  'test/load/counters/bare-grpc-server/bare-grpc.strategy.ts',
];
/** A server for development, with a package of its own. */
const APART = /^tools\/(s3-front|dev-s3)\//;

const sources = globSync('{apps,libs,tools,test}/**/*.ts').filter(
  (file) => !/spec\.ts$|\/generated\//.test(file) && !APART.test(file),
);

describe('the internals of packages that the code uses', () => {
  const packages = JSON.parse(readFileSync('package.json', 'utf8')) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const wanted: Record<string, string | undefined> = {
    ...packages.dependencies,
    ...packages.devDependencies,
    'Node.js': readFileSync('.nvmrc', 'utf8').trim(),
  };

  it.each(rows)('are of $name in exactly the version of the table', ({ name, version }) => {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(wanted[name]).toBe(version);
  });

  it.each(Object.keys(wanted).filter((name) => name.startsWith('@nestjs/') && !name.endsWith('schematics')))(
    'include none of %s in a range, since the packages of Nest rely on each other',
    (name) => {
      expect(wanted[name]).toMatch(/^\d/);
    },
  );

  it('are in the table wherever a source reaches for them', () => {
    const reaching = sources.filter((file) => {
      const text = readFileSync(file, 'utf8');
      return REACHES.some((pattern) => pattern.test(text));
    });
    const listed = new Set([...rows.flatMap((row) => row.sources), ...OWN]);
    expect(reaching.filter((file) => !listed.has(file))).toEqual([]);
  });

  it('have sources and specs that exist', () => {
    const named = rows.flatMap((row) => [...row.sources, ...row.specs]);
    expect(rows.filter((row) => row.sources.length === 0 || row.specs.length === 0)).toEqual([]);
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });
});

function pathsIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+\.ts)`/g)].map(([, path = '']) => path);
}
