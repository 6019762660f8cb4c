import type { ValidAbortUploadsRequest } from '@app/contracts';
import { Fencing } from '@app/locks';
import { TransactionHost } from '@app/postgres';
import { UnfinishedUploads } from '@app/s3';
import { Injectable } from '@nestjs/common';
import { FilesMetrics } from './files.metrics.js';

/** Aborts the multipart uploads that crashes left unfinished. */
@Injectable()
export class UploadsSweep {
  constructor(
    private readonly uploads: UnfinishedUploads,
    private readonly transactions: TransactionHost,
    private readonly fencing: Fencing,
    private readonly metrics: FilesMetrics,
  ) {}

  /**
   * Checks the fence before the work and does not hold it meanwhile. A caller that loses it then aborts only uploads
   * that its successor would abort as well.
   *
   * @throws FenceLostError when another process holds the caller's lease
   */
  async abort({ before, fence, limit }: ValidAbortUploadsRequest): Promise<number> {
    await this.transactions.run(() => this.fencing.assertHeld(fence));
    const aborted = await this.uploads.abort({ before, limit });
    this.metrics.swept('uploads', aborted);
    return aborted;
  }
}
