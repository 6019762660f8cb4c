import { readFileSync } from 'node:fs';
import { managementConfig } from '@app/bootstrap';
import { grpcConfig } from '@app/grpc';
import { httpConfig } from '@app/http';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

const LISTENERS = { http: httpConfig, grpc: grpcConfig, management: managementConfig };

type Sections = Record<string, { host?: string } | undefined>;
const read = (environment: string): Sections & { apps?: Record<string, Sections> } =>
  parse(readFileSync(`config/${environment}.yaml`, 'utf8')) as Sections;

/** The addresses in the files of an environment, of all apps. */
function hostsOf(environment: string, section: string): Set<string> {
  const files = [read('default'), read(environment)];
  const said = files.flatMap((file) => [file, ...Object.values(file.apps ?? {})]);
  return new Set(said.flatMap((sections) => sections[section]?.host ?? []));
}

describe.each(Object.entries(LISTENERS))('the port of %s', (section, { schema }) => {
  it('accepts only local connections by default', () => {
    expect(schema.parse({ port: 1 }).host).toBe('127.0.0.1');
  });

  it.each(['development', 'test', 'debug'])('accepts only local connections in %s', (environment) => {
    expect([...hostsOf(environment, section)].filter((host) => host !== '127.0.0.1')).toEqual([]);
  });

  it('listens on every address in production, as its file sets it', () => {
    expect(hostsOf('production', section)).toEqual(new Set(['0.0.0.0']));
  });
});
