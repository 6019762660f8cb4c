import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { DependenciesServiceClient, DependenciesServiceDefinition } from '@app/contracts';
import type { AppError } from '@app/errors';
import { GrpcClientModule } from '@app/grpc';
import type { INestApplicationContext } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AppProcess, startApp } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import { given } from '../../support/apps/given.js';
import { byForm, FULL } from '../../support/assertions/form.js';

const RATE = byForm({ short: 100, full: 200 });
/** After this time the loss of a server must cause no more failures, in milliseconds. */
const NOTICED = 3000;
/** The period without failures that counts as recovered, in milliseconds. */
const QUIET = 1000;
/** How many calls the remaining server serves after that. */
const SERVED = byForm({ short: 50, full: 200, long: 4000 });
/** A stopped server is the harder loss: its connections stay open. */
const SIGNALS = FULL ? (['SIGSTOP', 'SIGKILL'] as const) : (['SIGSTOP'] as const);
/** The documented errors of a call whose server is lost during the call. */
const DOCUMENTED = ['UPSTREAM_UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CIRCUIT_OPEN'];

interface Failure {
  /** The start and the end of the call, in milliseconds of the monotonic clock. */
  begun: number;
  ended: number;
  reason: string;
}

describe('of two servers behind one client, when one', () => {
  let servers: AppProcess[];
  let caller: INestApplicationContext;
  const failures: Failure[] = [];
  let succeeded = 0;
  let stopped: boolean;
  let load: Promise<unknown>;

  beforeEach(async () => {
    failures.length = 0;
    succeeded = 0;
    stopped = false;
    servers = await Promise.all([startApp('cron-server'), startApp('cron-server')]);
    await Promise.all(servers.map((server) => server.ready()));
    const addresses = servers.map(({ port }) => `127.0.0.1:${port}`).join(',');
    caller = await given
      .app('gateway')
      .with(
        GrpcClientModule.forFeature('cron-server', {
          client: DependenciesServiceClient,
          definition: DependenciesServiceDefinition,
        }),
      )
      .configured({ APP__UPSTREAMS__CRON_SERVER__ADDRESS: `ipv4:${addresses}` })
      .start();
    load = run();
    await served(RATE / 2, 30_000);
  });

  afterEach(async () => {
    stopped = true;
    await load;
    await caller.close();
    for (const server of servers) if (!server.hasExited) server.signal('SIGCONT');
    await Promise.all(servers.map((server) => server.stop()));
  });

  /** Calls at a steady rate, whether or not earlier calls have ended. */
  async function run(): Promise<void> {
    const calls: Promise<void>[] = [];
    while (!stopped) {
      calls.push(once());
      await delay(1000 / RATE);
    }
    await Promise.all(calls);
  }

  async function once(): Promise<void> {
    const begun = performance.now();
    try {
      await caller.get(DependenciesServiceClient).list({});
      succeeded += 1;
    } catch (thrown) {
      failures.push({ begun, ended: performance.now(), reason: (thrown as AppError).reason });
    }
  }

  /** Resolves once this many more calls have succeeded. */
  const served = (more: number, within: number) => {
    const goal = succeeded + more;
    return eventually(() => assert(succeeded >= goal), { within });
  };

  it.each(SIGNALS)('is lost by %s, the other still serves', async (signal) => {
    const lost = performance.now();
    servers[0]?.signal(signal);
    const quiet = () => performance.now() - Math.max(lost, ...failures.map(({ begun }) => begun));
    await eventually(() => expect(quiet()).toBeGreaterThan(QUIET), { within: NOTICED + QUIET });
    await served(SERVED, 60_000);
    const late = failures.filter(({ begun }) => begun > lost + NOTICED);
    const undocumented = failures.filter(({ reason }) => !DOCUMENTED.includes(reason));
    const hanging = failures.filter(({ begun, ended }) => ended - begun > NOTICED);
    expect({ late, undocumented, hanging }).toEqual({ late: [], undocumented: [], hanging: [] });
  });
});
