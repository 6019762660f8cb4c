import { ConfigHandle } from '@app/config';
import { MessagesServiceClient, type PurgeMessagesRequest } from '@app/contracts';
import type { JobRun } from '@app/scheduling';
import { describe, expect, it } from '@jest/globals';
import { MessagesJobs } from './messages.jobs.js';

const DAY = 86_400_000;

/** A worker with this many messages to remove. */
class WorkerWith extends MessagesServiceClient {
  readonly requests: PurgeMessagesRequest[] = [];

  constructor(private left: number) {
    super();
  }

  getStatus(): Promise<never> {
    return Promise.reject(new Error('not asked for by this job'));
  }

  purge(request: PurgeMessagesRequest): Promise<{ purged: number }> {
    this.requests.push(request);
    const purged = Math.min(this.left, request.limit);
    this.left -= purged;
    return Promise.resolve({ purged });
  }
}

describe('the job messages.purge', () => {
  const scheduledAt = new Date('2026-03-08T10:00:00Z');
  const fence = { name: 'job:messages.purge', number: 3 };
  const run = { scheduledAt, fence, signal: new AbortController().signal } as JobRun;
  const purge = async (worker: WorkerWith) =>
    new MessagesJobs(worker, new ConfigHandle({ retention: 7 * DAY, purgeBatch: 100 })).purge(run);

  it('calls the worker until it removed fewer than the limit', async () => {
    const worker = new WorkerWith(250);
    await purge(worker);
    expect(worker.requests).toHaveLength(3);
  });

  it('purges what ended before the retention, counted from the scheduled time, with its fencing token', async () => {
    const worker = new WorkerWith(0);
    await purge(worker);
    expect(worker.requests).toEqual([{ before: new Date('2026-03-01T10:00:00Z'), fence, limit: 100 }]);
  });
});
