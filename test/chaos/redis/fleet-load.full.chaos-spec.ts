import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { ScratchRedisServer } from '../../support/servers/scratch-redis-server.js';

const SUPPORT = resolve(import.meta.dirname, '..', '..', 'support', 'apps');
const PROCESSES = 3;
const KEYS = 5;

interface Report {
  event: 'ready' | 'load' | 'answers';
  key?: string;
  right?: number;
}

describe(`a value that ${PROCESSES} processes miss a thousand times at once`, () => {
  let redis: ScratchRedisServer;
  let children: ChildProcess[];
  const reports: Report[] = [];
  const count = (event: Report['event']) => reports.filter((each) => each.event === event).length;

  beforeAll(async () => {
    redis = await ScratchRedisServer.start();
    children = Array.from({ length: PROCESSES }, () => {
      const child = fork(resolve(SUPPORT, 'cache-asker.ts'), {
        execArgv: ['--no-warnings', '--import', resolve(SUPPORT, 'typescript-process.js')],
        env: {
          ...process.env,
          NODE_OPTIONS: '',
          APP_ENV: 'test',
          APP__REDIS__STATE__URL: redis.url,
          APP__REDIS__COMMAND_TIMEOUT: '10s',
        },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      return child.on('message', (message) => reports.push(message as Report));
    });
  });
  afterAll(async () => {
    const ended = children.map((child) => once(child, 'exit'));
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(ended);
    await redis.remove();
  });

  it('is loaded once in all of them, and returned to each', async () => {
    await eventually(() => expect(count('ready')).toBe(PROCESSES), { within: 40_000 });
    for (let key = 0; key < KEYS; key++) {
      for (const child of children) child.send(`key-${key}`);
      await eventually(() => expect(count('answers')).toBe(PROCESSES * (key + 1)), {
        within: 10_000,
        every: 5,
      });
    }
    expect(reports.every(({ right = 334 }) => right === 334)).toBe(true);
    expect(count('load')).toBe(KEYS);
  });
});
