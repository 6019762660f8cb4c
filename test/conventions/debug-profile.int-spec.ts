import { configOf, type TransportName } from '@app/bootstrap';
import { loadConfig } from '@app/config';
import type { Type } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';

const APPS: readonly [name: string, transports: readonly TransportName[], module: () => Promise<object>][] = [
  ['gateway', ['http'], () => import('../../apps/gateway/src/gateway.module.js')],
  ['grpc-server', ['grpc'], () => import('../../apps/grpc-server/src/grpc-server.module.js')],
  ['cron-server', ['grpc'], () => import('../../apps/cron-server/src/cron-server.module.js')],
  ['worker', ['grpc', 'amqp'], () => import('../../apps/worker/src/worker.module.js')],
];
const AN_HOUR = 3_600_000;
const ENDS_WORK = /timeout|deadline|heartbeat|leaseTtl|keepaliveTime/i;
/** Time-outs that end no work that a debugger pauses: of probes, unused connections, the stop of an app. */
const HARMLESS = new Set(['lifecycle.checkTimeout', 'lifecycle.shutdownTimeout', 'http.keepAliveTimeout']);

/** The time-outs of an app below an hour, by their path. */
async function shortWaits(
  [name, transports, load]: (typeof APPS)[number],
  environment: Record<string, string>,
): Promise<string[]> {
  const [module] = Object.values(await load()) as Type[];
  if (!module) throw new Error(`${name} has no module`);
  const reading = await configOf(module, { name, transports });
  const store = await loadConfig({ ...reading, environment, dotenv: '/dev/null' });
  return reading.definitions.flatMap((definition) =>
    shortIn(definition.section, store.handle(definition).current),
  );
}

function shortIn(path: string, value: unknown): string[] {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, inner]) => shortIn(`${path}.${key}`, inner));
  const isShort = typeof value === 'number' && value < AN_HOUR;
  const key = path.slice(path.lastIndexOf('.') + 1);
  return isShort && ENDS_WORK.test(key) && !HARMLESS.has(path) ? [path] : [];
}

describe.each(APPS)('the debug profile of %s', (...app) => {
  it('has no time-out that ends work which a debugger pauses', async () => {
    expect(await shortWaits(app, { APP_ENV: 'development', APP_DEBUG: 'true' })).toEqual([]);
  });

  it('applies only in development', async () => {
    const others: Record<string, string>[] = [
      { APP_ENV: 'development' },
      { APP_ENV: 'test', APP_DEBUG: 'true' },
    ];
    for (const environment of others) expect((await shortWaits(app, environment)).length).toBeGreaterThan(0);
  });
});
