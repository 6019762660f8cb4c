import type { ValidAbortUploadsRequest } from '@app/contracts';
import { Fencing } from '@app/locks';
import { TransactionHost } from '@app/postgres';
import { UnfinishedUploads } from '@app/s3';
import { Injectable } from '@nestjs/common';
import { FilesMetrics } from './files.metrics.js';

/** Multipart uploads that a crash left. */
@Injectable()
export class UploadsSweep {
  constructor(
    private readonly uploads: UnfinishedUploads,
    private readonly transactions: TransactionHost,
    private readonly fencing: Fencing,
    private readonly metrics: FilesMetrics,
  ) {}

  /**
   * The fence is looked at before and not held meanwhile: who lost it aborts what its successor would, too.
   *
   * @throws FenceLostError when the caller's lease has gone to somebody else
   */
  async abort({ before, fence, limit }: ValidAbortUploadsRequest): Promise<number> {
    await this.transactions.run(() => this.fencing.assertHeld(fence));
    const aborted = await this.uploads.abort({ before, limit });
    this.metrics.swept('uploads', aborted);
    return aborted;
  }
}
