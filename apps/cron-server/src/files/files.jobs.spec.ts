import { ConfigHandle } from '@app/config';
import {
  type AbortUploadsRequest,
  FilesServiceClient,
  type SweepFilesRequest,
  type SweepFilesResponse,
} from '@app/contracts';
import type { JobRun } from '@app/scheduling';
import { describe, expect, it } from '@jest/globals';
import { FilesJobs } from './files.jobs.js';

const HOUR = 3_600_000;
const notAsked = (): Promise<never> => Promise.reject(new Error('not asked for by this job'));

/** A grpc-server with this many unfinished uploads and these pages of files. */
class ServerWith extends FilesServiceClient {
  readonly aborts: AbortUploadsRequest[] = [];
  readonly sweeps: SweepFilesRequest[] = [];
  readonly register = notAsked;
  readonly get = notAsked;
  readonly delete = notAsked;
  readonly reserve = notAsked;

  constructor(
    private uploads: number,
    private readonly pages: (string | undefined)[],
  ) {
    super();
  }

  abortUploads(request: AbortUploadsRequest): Promise<{ aborted: number }> {
    this.aborts.push(request);
    const aborted = Math.min(this.uploads, request.limit);
    this.uploads -= aborted;
    return Promise.resolve({ aborted });
  }

  sweep(request: SweepFilesRequest): Promise<SweepFilesResponse> {
    this.sweeps.push(request);
    return Promise.resolve({ next: this.pages.shift(), orphans: 0, adopted: 0, missing: 0, removed: 0 });
  }
}

describe('the job files.sweep', () => {
  const scheduledAt = new Date('2026-03-08T10:00:00Z');
  const fence = { name: 'job:files.sweep', number: 3 };
  const run = { scheduledAt, fence, signal: new AbortController().signal } as JobRun;
  const sweep = (server: ServerWith) =>
    new FilesJobs(server, new ConfigHandle({ sweepGrace: 24 * HOUR, sweepBatch: 10 })).sweep(run);

  it('aborts uploads until a call returns fewer than the limit', async () => {
    const server = new ServerWith(25, [undefined]);
    await sweep(server);
    expect(server.aborts).toHaveLength(3);
  });

  it('sweeps all files that are older than the grace, with its fencing token', async () => {
    const server = new ServerWith(0, ['f', 'm', undefined]);
    await sweep(server);
    const before = new Date('2026-03-07T10:00:00Z');
    expect(server.sweeps).toEqual(['', 'f', 'm'].map((after) => ({ before, fence, after, limit: 10 })));
    expect(server.aborts).toEqual([{ before, fence, limit: 10 }]);
  });
});
