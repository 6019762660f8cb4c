import { networkInterfaces } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import type { AppName } from '../../support/apps/app-process.js';
import { startingApps } from '../starting-apps.js';

const HAS_IPV6 = Object.values(networkInterfaces())
  .flat()
  .some((each) => each?.address === '::1');
/** The wildcard and loopback addresses, in IPv6 when the machine has it. */
const [host, own] = HAS_IPV6 ? ['[::]', '[::1]'] : ['0.0.0.0', '127.0.0.1'];
/** An address for documentation (RFC 5737), which no machine has. */
const ELSEWHERE = '203.0.113.1';

const REFUSED: [key: string, name: AppName, variables: Record<string, string>][] = [
  ['http.host', 'gateway', { APP__HTTP__HOST: ELSEWHERE }],
  ['grpc.host', 'grpc-server', { APP__GRPC__HOST: 'nowhere.invalid' }],
  ['grpc.host', 'grpc-server', { APP__GRPC__HOST: ELSEWHERE }],
  ['management.host', 'gateway', { APP__MANAGEMENT__HOST: ELSEWHERE }],
  ['upstreams.worker.address', 'gateway', { APP__UPSTREAMS__WORKER__ADDRESS: '::1:50053' }],
];

describe('an app with a configured host', () => {
  const start = startingApps();

  it('listens on every address of IPv4 and IPv6 with a wildcard host', async () => {
    const grpcServer = await start('grpc-server', { APP__GRPC__HOST: host, APP__MANAGEMENT__HOST: host });
    await grpcServer.ready();
    const gateway = await start('gateway', {
      APP__HTTP__HOST: host,
      APP__MANAGEMENT__HOST: host,
      APP__UPSTREAMS__GRPC_SERVER__ADDRESS: `dns:///${own}:${grpcServer.port}`,
    });
    await gateway.ready();
    for (const address of ['127.0.0.1', own]) {
      const health = await fetch(`http://${address}:${gateway.port}/health`);
      const readiness = await fetch(`http://${address}:${grpcServer.managementPort}/readyz`);
      expect([health.status, readiness.status]).toEqual([200, 200]);
    }
  });

  it.each(REFUSED)('exits with 78 and names %s when the %s cannot use %j', async (key, name, variables) => {
    const app = await start(name, variables);
    expect(await app.exited).toEqual({ code: 78, signal: null });
    const [value = ''] = Object.values(variables);
    expect(app.log.text()).toContain(key);
    expect(app.log.text()).toContain(value);
    expect(app.log.text()).not.toMatch(/\n\s+at /);
  });
});
