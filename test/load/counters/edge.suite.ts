import { type AppProcess, startApp } from '../../support/apps/app-process.js';
import type { Bench } from '../bench.js';
import type { Level } from '../bench-options.js';
import type { Session } from '../generator/generator.js';
import { measure, ratioOf, ratiosOf, type Run, summaryOf, type Variant } from '../measure/compared.js';
import { rotated } from '../measure/rotated.js';
import { rowOf } from '../measure/summary-row.js';
import { buildPeer } from '../processes/peer.js';
import { scratchData } from '../processes/scratch-data.js';
import type { Finding, Suite } from '../suite.js';
import { tableOf } from '../table.js';
import { type Operation, operations } from './edge.operations.js';

/** The most that a generated route may cost, in processor time of the gateway, by connections. */
const AT_MOST = new Map([
  [100, 0.78],
  [1000, 0.92],
]);
/** Each round runs every variant this often, alternating, so that other load and collections affect all of them. */
const TURNS = 4;
/** The fewest requests of a turn for each connection. At the end of a turn, some connections have nothing to send. */
const LEAST_PER_CONNECTION = 10;
/** Requests of each variant before the first round, so that the JIT compilers have finished. */
const WARM_UP = 10_000;

/** The variants, each with the prefix of its paths and of the names of its counters. */
const GENERATED = { name: 'generated', prefix: '/api/v1/counter', ids: 'gen' };
const BY_HAND = { name: 'by hand', prefix: '/by-hand/counter', ids: 'man' };
const DIRECTLY = { name: 'directly with fastify', prefix: '/directly/counter', ids: 'dir' };

interface Target extends Variant {
  readonly session: Session;
}

export const suite: Suite = {
  title: 'generated routes, and the same routes by hand in the same process',

  async run(bench: Bench): Promise<Finding[]> {
    const apps = await startApps(bench);
    const findings = [];
    for (const level of levelsOf(bench))
      for (const operation of operations) findings.push(...(await compare(bench, apps, level, operation)));
    return findings;
  },
};

interface Apps {
  readonly gateway: AppProcess;
  readonly server: AppProcess;
}

/** The apps as in production; the gateway also has the routes by hand. */
async function startApps(bench: Bench): Promise<Apps> {
  const main = await buildPeer('counters', 'by-hand-gateway');
  const data = await bench.use(scratchData('edge', 11), (scratch) => scratch.drop());
  const server = await bench.use(startApp('grpc-server', { env: data.env }), (app) => app.stop());
  const env = {
    ...data.env,
    APP__UPSTREAMS__GRPC_SERVER__ADDRESS: `127.0.0.1:${server.port}`,
    ...(bench.options.profile && { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${bench.folder}` }),
  };
  const gateway = await bench.use(startApp('gateway', { main, env }), (app) => app.stop());
  await Promise.all([server.ready(), gateway.ready()]);
  return { gateway, server };
}

/** The levels with a limit, unless others were chosen. */
function levelsOf({ options: { levels } }: Bench): readonly Level[] {
  const limited = levels.filter(({ connections }) => AT_MOST.has(connections));
  return limited.length > 0 ? limited : levels;
}

async function compare(bench: Bench, apps: Apps, level: Level, operation: Operation): Promise<Finding[]> {
  const { connections, requests } = level;
  bench.say(`\n${operation.name}: ${requests} requests at ${connections} connections`);
  const runs = await runsOf(bench, apps, level, operation);
  bench.keep(`${operation.name}-${connections}-connections`, runs);
  const of = ({ name }: { name: string }) => runs.filter(({ variant }) => variant === name);
  const [generated, byHand, directly] = [of(GENERATED), of(BY_HAND), of(DIRECTLY)];
  const measured = [generated, byHand, directly].filter(({ length }) => length > 0);
  bench.say(tableOf(measured.map((each) => rowOf(summaryOf(each)))));
  const cost = ({ cpu_us_per_request: { gateway = 0 } }: Run) => gateway;
  const ratios = ratiosOf(generated, byHand, cost).map((ratio) => ratio.toFixed(2));
  bench.say(`generated / by hand in each round: ${ratios.join(' ')}`);
  const finding = (these: Run[], name: string): Finding => ({
    name: `processor time, ${name} / by hand, ${operation.name}, at ${connections} connections`,
    value: ratioOf(these, byHand, cost),
    unit: 'ratio',
  });
  return [
    { ...finding(generated, GENERATED.name), atMost: AT_MOST.get(connections) },
    ...(directly.length > 0 ? [finding(directly, DIRECTLY.name)] : []),
  ];
}

async function runsOf(bench: Bench, apps: Apps, level: Level, operation: Operation): Promise<Run[]> {
  const runs: Run[] = [];
  const targets: Target[] = [];
  for (const variant of variantsOf(bench))
    targets.push(await targetOf(bench, apps, { ...variant, ...level }, operation));
  const turns = turnsOf(level);
  const requests = Math.ceil(level.requests / turns);
  for (let round = 1; round <= bench.options.rounds; round++)
    for (let turn = 1; turn <= turns; turn++)
      for (const target of rotated(targets, round + turn))
        runs.push(bench.classify(await measure(target, target.session, requests, round)));
  for (const { session } of targets) await session.close();
  return runs;
}

function turnsOf({ requests, connections }: Level): number {
  return Math.min(TURNS, Math.ceil(requests / (LEAST_PER_CONNECTION * connections)));
}

function variantsOf({ options }: Bench) {
  return options.stages ? [GENERATED, BY_HAND, DIRECTLY] : [GENERATED, BY_HAND];
}

/** Opens the connections of a variant, and warms it up. */
async function targetOf(
  bench: Bench,
  { gateway, server }: Apps,
  { name, prefix, ids, connections }: typeof GENERATED & Level,
  operation: Operation,
): Promise<Target> {
  const address = { host: '127.0.0.1', port: gateway.port };
  const requests = { prefix, ids: `${ids}-${operation.name}-${connections}`, connections };
  const session = await operation.open(bench.generator, address, requests);
  await session.run(Math.max(WARM_UP, connections * 2));
  return { name, session, pids: { gateway: gateway.pid, grpc_server: server.pid } };
}
