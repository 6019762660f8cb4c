import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { runningSystem } from '../../support/apps/running-system.js';
import { expectError } from '../expect-error.js';

describe('a message', () => {
  const { http } = runningSystem();

  async function submit(body: unknown): Promise<string> {
    const reply = await http.request('POST', '/api/v1/message', { body });
    expect(reply.status).toBe(202);
    return reply.json<{ message_id: string }>().message_id;
  }

  it('is the same when it is sent again with the same Idempotency-Key', async () => {
    const submitKeyed = async (key: string, n: number) => {
      const body = { queue: 'task_queue', message: { n } };
      const headers = { 'idempotency-key': key };
      return (await http.request('POST', '/api/v1/message', { body, headers })).json()['message_id'];
    };
    const key = randomUUID();
    const id = await submitKeyed(key, 1);
    expect(await submitKeyed(key, 1)).toBe(id);
    expect(await submitKeyed(key, 2)).not.toBe(id);
    expect(await submitKeyed(randomUUID(), 1)).not.toBe(id);
    await eventually(async () => expect(await statusOf(String(id))).toBe('done'));
  });

  const statusOf = async (id: string) => {
    const reply = await http.request('GET', `/api/v1/message/${id}`);
    expect(reply.status).toBe(200);
    expect(reply.json()).toEqual({
      message_id: id,
      status: expect.any(String),
      updated_at: expect.any(String),
    });
    return reply.json<{ status: string }>().status;
  };

  it.each([{ task: 'write' }, 'text', 7, false, null, [1, { nested: [] }]])(
    'with the payload %j has its effect',
    async (message) => {
      const id = await submit({ queue: 'task_queue', message });
      await eventually(async () => expect(await statusOf(id)).toBe('done'));
    },
  );

  it('that is delayed waits until it is due', async () => {
    const started = performance.now();
    const id = await submit({ queue: 'task_queue', message: 'later', delay_ms: 1_000 });
    expect(await statusOf(id)).toBe('accepted');
    await eventually(async () => expect(await statusOf(id)).toBe('done'));
    expect(performance.now() - started).toBeGreaterThanOrEqual(1_000);
  });

  it.each(['nowhere', 'counter_events', 'email_queue', 'scheduled', 'task_queue.dead'])(
    'for the queue %s is refused',
    async (queue) => {
      expectError(
        await http.request('POST', '/api/v1/message', { body: { queue, message: 1 } }),
        404,
        'QUEUE_NOT_FOUND',
      );
    },
  );

  it('that was never sent is not found', async () => {
    const reply = await http.request('GET', '/api/v1/message/01890000-0000-7000-8000-000000000000');
    expectError(reply, 404, 'MESSAGE_NOT_FOUND');
  });

  it('can only be queried by a UUID', async () => {
    expectError(await http.request('GET', '/api/v1/message/7'), 400, 'VALIDATION_FAILED');
  });
});
