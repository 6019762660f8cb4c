import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Bench } from './bench.js';
import { median } from './measure/median.js';
import { root } from './processes/paths.js';
import { buildPeer } from './processes/peer.js';
import type { Finding, Suite } from './suite.js';

/** The output of `peers/message-bench`: rates per second, one figure for each round. */
interface Figures {
  publishing: readonly { raw: number; ours: number }[];
  consuming: readonly number[];
  relaying: Readonly<Record<string, readonly number[]>>;
  /** The memory of the whole process before and after the relay's part, in MiB. */
  memory: { before: number; after: number };
}

/** The default number of messages in one round. */
const MESSAGES = 20_000;

export const suite: Suite = {
  title: 'publishing with confirm, consuming with one effect in PostgreSQL, and the relay of the outbox',

  async run(bench: Bench): Promise<Finding[]> {
    const { rounds, levels } = bench.options;
    const [level, ...others] = levels;
    const count = level && others.length === 0 ? level.requests : MESSAGES;
    bench.say(`\n${count} messages of 256 bytes, quorum queues, ${rounds} rounds`);
    const program = await buildPeer('peers', 'message-bench');
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--enable-source-maps', program, String(count), String(rounds)],
      { cwd: root, env: { ...process.env, NODE_OPTIONS: '', APP_ENV: 'test' } },
    );
    const figures = JSON.parse(stdout) as Figures;
    bench.keep('figures', figures);
    return findingsOf(figures);
  },
};

function findingsOf({ publishing, consuming, relaying, memory }: Figures): Finding[] {
  const ratio = median(publishing.map(({ raw, ours }) => ours / raw));
  return [
    { name: 'publish, ours / raw amqplib, 1000 in flight', value: ratio, unit: 'ratio', atLeast: 0.8 },
    { name: 'publish, raw amqplib', value: median(publishing.map(({ raw }) => raw)), unit: 'per_s' },
    { name: 'publish, ours', value: median(publishing.map(({ ours }) => ours)), unit: 'per_s' },
    { name: 'consume with inbox and effect', value: median(consuming), unit: 'per_s' },
    ...Object.entries(relaying).map(([line, rates]) => ({
      name: `relay, events ${line}`,
      value: median(rates),
      unit: 'per_s',
    })),
    { name: 'memory', value: memory.after, unit: 'MiB' },
  ];
}
