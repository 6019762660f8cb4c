import { describe, expect, it } from '@jest/globals';
import { SettingSources } from '../workspace/setting-sources.ts';
import { resolveApps } from './app-catalogue.ts';
import { reachableHost } from './reachable-host.ts';

describe('the host of a URL that the tools print and call', () => {
  it.each([
    ['0.0.0.0', '127.0.0.1'],
    ['::', '[::1]'],
    ['[::]', '[::1]'],
    ['::1', '[::1]'],
    ['[fd00::2]', '[fd00::2]'],
    ['10.0.0.1', '10.0.0.1'],
    ['localhost', 'localhost'],
  ])('for an app that listens on %s is %s', (host, reachable) => {
    expect(reachableHost(host)).toBe(reachable);
  });

  it('comes from the settings of the app itself, or of every app', async () => {
    const settings = await SettingSources.load('test');
    const variables = { APP__MANAGEMENT__HOST: '::', APP__APPS__WORKER__MANAGEMENT__HOST: '10.0.0.1' };
    Object.assign(process.env, variables);
    try {
      const hosts = resolveApps(settings).map(({ name, managementHost }) => `${name} ${managementHost}`);
      expect(hosts).toContain('gateway [::1]');
      expect(hosts).toContain('worker 10.0.0.1');
    } finally {
      for (const name of Object.keys(variables)) delete process.env[name];
    }
  });
});
