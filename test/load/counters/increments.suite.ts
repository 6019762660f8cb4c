import { startApp } from '../../support/apps/app-process.js';
import { nodeOptions } from '../../support/apps/node-options.js';
import type { Bench } from '../bench.js';
import type { Level } from '../bench-options.js';
import type { PlannedRequest, ReplyRule } from '../generator/request-plan.js';
import { cpuTotalOf, measure, ratioOf, type Run, summaryOf, type Variant } from '../measure/compared.js';
import { rotated } from '../measure/rotated.js';
import { rowOf } from '../measure/summary-row.js';
import { buildPeer, Peer } from '../processes/peer.js';
import { scratchData } from '../processes/scratch-data.js';
import type { Finding, Suite } from '../suite.js';
import { tableOf } from '../table.js';

const PATH = '/api/v1/counter/increment';

interface Target extends Variant {
  readonly port: number;
  readonly expects: ReplyRule;
}

/** Runs before the first round, so that the JIT compilers of all programs have finished. */
const WARM_UP = { requests: 20_000, least: 2 };

export const suite: Suite = {
  title: 'POST /api/v1/counter/increment, from the socket to Redis and back',

  async run(bench: Bench): Promise<Finding[]> {
    const targets = [await everythingOn(bench), await bare(bench), await echo(bench)];
    const findings = [];
    for (const level of bench.options.levels) findings.push(...(await compare(bench, level, targets)));
    return findings;
  },
};

/** The apps as in production: context, metrics and access log, with the log in a file. */
async function everythingOn(bench: Bench): Promise<Target> {
  const data = await bench.use(scratchData('everything_on', 9), (scratch) => scratch.drop());
  const server = await bench.use(startApp('grpc-server', { env: data.env }), (app) => app.stop());
  const gateway = await bench.use(
    startApp('gateway', {
      env: { ...data.env, APP__UPSTREAMS__GRPC_SERVER__ADDRESS: `127.0.0.1:${server.port}` },
    }),
    (app) => app.stop(),
  );
  await Promise.all([server.ready(), gateway.ready()]);
  const pids = { gateway: gateway.pid, grpc_server: server.pid };
  return { name: 'everything on', port: gateway.port, expects: 'counter', pids };
}

/** The same slices, guards, pipes, clients and stores, without context, metrics and access log. */
async function bare(bench: Bench): Promise<Target> {
  const [gatewayProgram, serverProgram] = [
    await buildPeer('counters', 'bare-gateway'),
    await buildPeer('counters', 'bare-grpc-server'),
  ];
  const data = await bench.use(scratchData('bare', 10), (scratch) => scratch.drop());
  const server = await bench.use(
    Peer.start('bare-grpc-server', [...nodeOptions, serverProgram], (port) => ({
      ...data.env,
      APP__GRPC__PORT: String(port),
    })),
    (peer) => peer.stop(),
  );
  const gateway = await bench.use(
    Peer.start('bare-gateway', [...nodeOptions, gatewayProgram], (port) => ({
      APP__HTTP__PORT: String(port),
      APP__UPSTREAMS__GRPC_SERVER__ADDRESS: `127.0.0.1:${server.port}`,
    })),
    (peer) => peer.stop(),
  );
  const pids = { gateway: gateway.pid, grpc_server: server.pid };
  return { name: 'bare', port: gateway.port, expects: 'counter', pids };
}

/** Only Fastify: the upper limit of the machine. */
async function echo(bench: Bench): Promise<Target> {
  const peer = await bench.use(
    Peer.start('echo', ['test/load/peers/echo.ts'], (port) => ({ PEER_PORT: String(port) })),
    (each) => each.stop(),
  );
  return { name: 'fastify echo', port: peer.port, expects: 'echo', pids: { fastify: peer.pid } };
}

async function compare(bench: Bench, level: Level, targets: readonly Target[]): Promise<Finding[]> {
  const name = `${level.requests} requests at ${level.connections} connections`;
  bench.say(`\n${name}, ${bench.options.rounds} rounds`);
  const runs = await runsOf(bench, level, targets);
  bench.keep(`${level.connections}-connections`, runs);
  const of = (variant: string) => runs.filter((run) => run.variant === variant);
  const [on, off, bottom] = [of('everything on'), of('bare'), of('fastify echo')];
  bench.say(tableOf([on, off, bottom].map((each) => rowOf(summaryOf(each)))));
  const rate = ({ rate_per_s }: Run) => rate_per_s;
  const full = level.connections === 1000;
  const at = `at ${level.connections} connections`;
  return [
    {
      name: `rate, everything on / bare, ${at}`,
      value: ratioOf(on, off, rate),
      unit: 'ratio',
      ...(full && { atLeast: 0.85 }),
    },
    {
      name: `processor time, bare / everything on, ${at}`,
      value: ratioOf(off, on, cpuTotalOf),
      unit: 'ratio',
    },
    {
      name: `rate, everything on / fastify echo, ${at}`,
      value: ratioOf(on, bottom, rate),
      unit: 'ratio',
      ...(full && { atLeast: 0.6 }),
    },
  ];
}

/** Each round measures every variant once, and begins with another variant. */
async function runsOf(
  bench: Bench,
  { requests, connections }: Level,
  targets: readonly Target[],
): Promise<Run[]> {
  const runs: Run[] = [];
  const sessions = [];
  for (const target of targets) {
    const session = await bench.generator.open({
      host: '127.0.0.1',
      port: target.port,
      expects: target.expects,
      requests: Array.from({ length: connections }, (_, index) => requestOf(index)),
    });
    await session.run(Math.max(WARM_UP.requests, connections * WARM_UP.least));
    sessions.push({ target, session });
  }
  for (let round = 1; round <= bench.options.rounds; round++) {
    for (const { target, session } of rotated(sessions, round))
      runs.push(bench.classify(await measure(target, session, requests, round)));
  }
  for (const { session } of sessions) await session.close();
  return runs;
}

/** The request of a connection, with its own counter. */
function requestOf(index: number): PlannedRequest {
  const body = JSON.stringify({ resource_id: `bench-${index}`, counter_type: 'load' });
  return { method: 'POST', path: PATH, body };
}
