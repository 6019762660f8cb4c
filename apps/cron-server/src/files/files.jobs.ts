import { type ConfigHandle, InjectConfig } from '@app/config';
import { FilesServiceClient } from '@app/contracts';
import { type JobRun, ScheduledJob } from '@app/scheduling';
import { Injectable } from '@nestjs/common';
import { type FilesConfig, filesConfig } from './files.config.js';

@Injectable()
export class FilesJobs {
  constructor(
    private readonly files: FilesServiceClient,
    @InjectConfig(filesConfig) private readonly config: ConfigHandle<FilesConfig>,
  ) {}

  /** Calls the grpc-server to repair uploads and removals that a crash interrupted, page by page through all files. */
  @ScheduledJob({ name: 'files.sweep', cron: '17 * * * *', misfire: 'skip', deadline: '30m' })
  async sweep({ scheduledAt, fence, signal }: JobRun): Promise<void> {
    const { sweepGrace, sweepBatch: limit } = this.config.current;
    const before = new Date(scheduledAt.getTime() - sweepGrace);
    await this.abortUploads({ before, fence, limit }, signal);
    let after: string | undefined = '';
    while (after !== undefined)
      after = (await this.files.sweep({ before, fence, after, limit }, { signal })).next;
  }

  private async abortUploads(
    request: { before: Date; fence: JobRun['fence']; limit: number },
    signal: AbortSignal,
  ): Promise<void> {
    for (;;) {
      const { aborted } = await this.files.abortUploads(request, { signal });
      if (aborted < request.limit) return;
    }
  }
}
