import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../assertions/eventually.js';
import { ScratchRabbitMq } from './scratch-rabbitmq.js';
import { ScratchRedisServer } from './scratch-redis-server.js';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const MARK = 'GANYMEDE_OWNER';

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isOpen = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isOpen;
}

/** Ends processes with the owner's mark, as `npm test` does after its last spec. Resolves with their number. */
async function endStrays(owner: string): Promise<number> {
  const script = `
    const { endStrays } = await import('./tools/process/stray-processes.ts');
    process.stdout.write(String(endStrays('${owner}')));`;
  const { [MARK]: _, ...env } = process.env;
  const args = ['--no-warnings', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: ROOT,
    env: { ...env, NODE_OPTIONS: '' },
  });
  return Number(stdout);
}

/** Other systems do not show the environment of a process. */
const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('a server whose spec was killed', () => {
  const owner = randomUUID();
  const ownerBefore = process.env[MARK];
  let redis: ScratchRedisServer;
  let broker: ScratchRabbitMq;

  beforeAll(async () => {
    process.env[MARK] = owner;
    [redis, broker] = await Promise.all([ScratchRedisServer.start(), ScratchRabbitMq.start()]);
  }, 90_000);

  afterAll(async () => {
    if (ownerBefore === undefined) delete process.env[MARK];
    else process.env[MARK] = ownerBefore;
    await Promise.all([redis.remove(), broker.remove()]);
  });

  it('is found by the mark of its run, and ended', async () => {
    expect(await endStrays(owner)).toBeGreaterThanOrEqual(2);
    await eventually(async () =>
      expect(await Promise.all([redis.port, broker.port].map(accepts))).toEqual([false, false]),
    );
  });
});
