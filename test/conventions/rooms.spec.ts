import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

const libs = readdirSync('libs').filter((name) => existsSync(`libs/${name}/src`));
const files = (name: string) => parse(readFileSync(`config/${name}`, 'utf8')) as Record<string, unknown>;

describe('every lib', () => {
  it.each(libs)('%s has one barrel and its own README', (lib) => {
    expect(existsSync(`libs/${lib}/src/index.ts`)).toBe(true);
    expect(existsSync(`libs/${lib}/README.md`)).toBe(true);
  });
});

describe('the configuration files', () => {
  const owned = new Set(sectionsOfSources());

  it.each(readdirSync('config').filter((name) => name !== 'local.yaml'))(
    '%s has no section without an owner',
    (name) => {
      const { apps = {}, ...shared } = files(name) as { apps?: Record<string, object> };
      const sections = new Set([...Object.keys(shared), ...Object.values(apps).flatMap(Object.keys)]);
      expect([...sections].filter((section) => !owned.has(section))).toEqual([]);
    },
  );

  it('name every section in default.yaml, so that a misspelled one is detected', () => {
    const { apps: _apps, ...shared } = files('default.yaml');
    expect([...owned].filter((section) => !(section in shared))).toEqual([]);
  });
});

/** The sections that libs and slices declare with `defineConfig('<section>', …)` in their *.config.ts. */
function sectionsOfSources(): string[] {
  return globSync('{libs,apps}/*/src/**/*.config.ts').flatMap((path) => {
    const declared = [...readFileSync(path, 'utf8').matchAll(/defineConfig\(\s*'([a-z0-9_]+)'/g)].map(
      ([, section = '']) => section,
    );
    if (declared.length === 0) throw new Error(`${path} declares no section`);
    return declared;
  });
}
