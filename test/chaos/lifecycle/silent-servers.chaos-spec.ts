import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AppName, APPS, startApp } from '../../support/apps/app-process.js';
import { byForm } from '../../support/assertions/form.js';
import { STACK_ADDRESSES } from '../../support/servers/stack-addresses.js';
import { TcpProxy } from '../../support/network/tcp-proxy.js';

const SERVERS = [
  'APP__POSTGRES__URL',
  'APP__REDIS__STATE__URL',
  'APP__RABBITMQ__URL',
  'APP__S3__ENDPOINT',
] as const;

/** The two of the short form have connections to all four servers. */
const STARTED = byForm<readonly AppName[]>({ short: ['gateway', 'worker'], full: APPS });

const NEVER = { cron: '0 0 29 2 *' };

/** Open connections on which no byte arrives: a frozen server, or a firewall that drops packets. */
describe('an app whose servers no longer reply', () => {
  const proxies = new Map<string, TcpProxy>();
  const environment: Record<string, string> = {
    APP__LIFECYCLE__DRAIN_WAIT: '0s',
    // At its end the app would exit with 1.
    APP__LIFECYCLE__SHUTDOWN_TIMEOUT: '20s',
    APP__RABBITMQ__REPLY_TIMEOUT: '3s',
    // The relay has a statement in flight when the servers stop replying.
    APP__MESSAGING__RELAY__POLL_INTERVAL: '1ms',
    // So does the drain of the counters.
    APP__COUNTERS__DRAIN_INTERVAL: '10ms',
    // A running job counts as work, which may last until the deadline.
    APP__SCHEDULING__JOBS: JSON.stringify({ 'messages.purge': NEVER, 'files.sweep': NEVER }),
    // Several start at the same time.
    APP__LIFECYCLE__START_TIMEOUT: '60s',
  };

  beforeAll(async () => {
    for (const name of SERVERS) {
      const address = new URL(STACK_ADDRESSES[name] ?? '');
      const proxy = await TcpProxy.before({ host: address.hostname, port: Number(address.port) });
      proxies.set(name, proxy);
      address.host = `127.0.0.1:${proxy.port}`;
      environment[name] = address.href;
    }
  });
  afterAll(() => Promise.all([...proxies.values()].map((proxy) => proxy.close())));

  it('still stops in time, and leaves no connection open', async () => {
    const apps = await Promise.all(STARTED.map((name) => startApp(name, { env: environment })));
    await Promise.all(apps.map((app) => app.ready()));
    for (const proxy of proxies.values()) proxy.stall();
    for (const app of apps) app.signal('SIGTERM');
    const exits = await Promise.all(apps.map(({ exited }) => exited));
    expect(exits).toEqual(STARTED.map(() => ({ code: 0, signal: null })));
  });
});
