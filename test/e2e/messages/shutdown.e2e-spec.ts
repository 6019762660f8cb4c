import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { runningSystem } from '../../support/apps/running-system.js';
import { startingApps } from '../starting-apps.js';

describe('a worker that stops while it consumes', () => {
  const start = startingApps();

  it('finishes the messages that it has, and leaves the others to the next worker', async () => {
    const worker = await (await start('worker')).ready();
    const { http } = runningSystem();
    const submit = () => http.post('/api/v1/message', { queue: 'task_queue', message: { task: 'stop' } });
    const submitted = await Promise.all(Array.from({ length: 60 }, submit));
    worker.signal('SIGTERM');
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    expect(worker.log.errors()).toEqual([]);
    const ids = submitted.map((reply) => reply.json<{ message_id: string }>().message_id);
    await eventually(
      async () => {
        const states = await Promise.all(ids.map((id) => http.get(`/api/v1/message/${id}`)));
        const waiting = states.filter((reply) => reply.json()['status'] !== 'done');
        expect(waiting.map(({ text }) => text)).toEqual([]);
      },
      { within: 30_000, every: 100 },
    );
  });
});
