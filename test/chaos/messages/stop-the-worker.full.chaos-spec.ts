import type { Agent } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MessagesServiceDefinition } from '@app/contracts';
import { type AppProcess, startApp } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import { GrpcCaller } from '../../support/network/grpc-caller.js';
import type { HttpReply } from '../../support/network/http-client.js';
import { MetricsPage } from '../../support/assertions/metrics-page.js';
import { ScratchRabbitMq } from '../../support/servers/scratch-rabbitmq.js';
import { ScratchSchema } from '../../support/servers/scratch-schema.js';
import { SteadyLoad } from '../../support/network/steady-load.js';

const RATE = 500;
/** Some are published at once, others slightly later through the queue `scheduled` and the worker's own outbox. */
const DELAYS = [0, 0, 0, 100, 300];
const { getStatus } = MessagesServiceDefinition.methods;
const NOBODYS = { messageId: '0197a000-0000-7000-8000-000000000000' };

describe('a worker that stops while it consumes', () => {
  let broker: ScratchRabbitMq;
  let schema: ScratchSchema;
  let worker: AppProcess;
  const started: AppProcess[] = [];

  // Its own broker, since on the stack's broker the workers of other specs consume the same queue.
  beforeAll(async () => {
    broker = await ScratchRabbitMq.start();
  });
  afterAll(() => broker.remove());

  beforeEach(async () => {
    schema = await ScratchSchema.of('worker');
  });

  afterEach(async () => {
    await Promise.all(started.splice(0).map((app) => app.stop()));
    await schema.postgres.drop();
  });

  async function start(name: 'worker' | 'gateway', env: Record<string, string>): Promise<AppProcess> {
    const app = await startApp(name, { env: { APP__RABBITMQ__URL: broker.url, ...env } });
    started.push(app);
    return app.ready();
  }

  const startWorker = (env: Record<string, string> = {}) =>
    start('worker', { ...schema.env, APP__MESSAGING__RELAY__SOURCES: '[]', ...env });
  const metric = async (app: AppProcess, name: string, labels = {}) =>
    new MetricsPage((await app.management.get('/metrics')).text).sum(name, labels);
  const done = async () =>
    (await schema.postgres.execute<{ message_id: string }>('SELECT message_id FROM task')).map(
      ({ message_id }) => message_id,
    );

  it(`completes its messages under ${RATE} requests per second, refuses calls, and exits with 0`, async () => {
    worker = await startWorker({ APP__LIFECYCLE__DRAIN_WAIT: '1s' });
    const gateway = await start('gateway', { APP__UPSTREAMS__WORKER__ADDRESS: `127.0.0.1:${worker.port}` });
    const accepted: string[] = [];
    let sent = 0;
    const submit = async (agent: Agent): Promise<HttpReply> => {
      const delay_ms = DELAYS[(sent += 1) % DELAYS.length];
      const body = { queue: 'task_queue', message: { task: 'stop' }, delay_ms };
      const reply = await gateway.http.post('/api/v1/message', body, { agent });
      if (reply.status === 202) accepted.push(reply.json<{ message_id: string }>().message_id);
      return reply;
    };
    const caller = new GrpcCaller(worker.port);
    const streams = [caller.watch(), caller.reflect()];
    const load = new SteadyLoad(submit, { clients: 25, rate: RATE });
    await eventually(async () => expect((await done()).length).toBeGreaterThan(RATE / 4), { within: 15_000 });

    const release = await schema.postgres.lock('task');
    const before = (await done()).length;
    await eventually(async () => expect(await schema.postgres.waitingFor('task')).toBeGreaterThanOrEqual(5));
    worker.signal('SIGTERM');
    // The broker replies to the cancel after it has stored its pending messages.
    await eventually(
      () => expect(worker.log.lines()).toContainEqual(expect.objectContaining({ phase: 'stopIntake' })),
      { within: 15_000 },
    );
    await expect(caller.call(getStatus, NOBODYS)).rejects.toMatchObject({
      code: 14,
      details: expect.stringMatching(/shutting down/),
    });
    expect(streams[0]?.messages.map((message) => message.at(-1))).toEqual([1, 2]);
    await release();
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    await Promise.all(streams.map(({ ended }) => ended));
    caller.close();
    expect(worker.log.errors()).toEqual([]);
    expect((await done()).length).toBeGreaterThanOrEqual(before + 5);

    const successor = await startWorker();
    const { failures } = await load.stop();
    expect(failures).toEqual([]);
    const lost = async () => {
      const effects = new Set(await done());
      return accepted.filter((id) => !effects.has(id));
    };
    await eventually(async () => expect(await lost()).toEqual([]), { within: 30_000, every: 100 });
    const effects = await done();
    expect(effects).toHaveLength(new Set(effects).size);
    expect(effects).toHaveLength(accepted.length);
    // After a lost acknowledgement, the broker would have redelivered the message.
    expect(await metric(successor, 'amqp_consumed_total', { outcome: 'duplicate' })).toBe(0);
    expect(await schema.postgres.execute('SELECT * FROM dead_letter')).toEqual([]);
  });

  /** In the short form a gateway gives up on a request. */
  it('gives up on a handler that never ends by its deadline, names its queue, and exits with 1', async () => {
    worker = await startWorker({ APP__LIFECYCLE__SHUTDOWN_TIMEOUT: '2s' });
    const gateway = await start('gateway', {});
    const release = await schema.postgres.lock('task');
    const body = { queue: 'task_queue', message: { task: 'endless' } };
    const reply = await gateway.http.post('/api/v1/message', body);
    await eventually(async () => expect(await schema.postgres.waitingFor('task')).toBeGreaterThan(0));
    const signalledAt = performance.now();
    worker.signal('SIGTERM');
    expect(await worker.exited).toEqual({ code: 1, signal: null });
    expect(performance.now() - signalledAt).toBeLessThan(4_000);
    expect(worker.log.errors().at(-1)?.msg).toMatch(
      /left behind: .*amqp consumers: a message of task_queue \(for \d+ ms\)/,
    );
    await release();
    await startWorker();
    await eventually(async () => expect(await done()).toContain(reply.json()['message_id']), {
      within: 15_000,
    });
  });
});
