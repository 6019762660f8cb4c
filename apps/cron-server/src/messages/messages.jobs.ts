import { type ConfigHandle, InjectConfig } from '@app/config';
import { MessagesServiceClient } from '@app/contracts';
import { type JobRun, ScheduledJob } from '@app/scheduling';
import { Injectable } from '@nestjs/common';
import { type MessagesConfig, messagesConfig } from './messages.config.js';

@Injectable()
export class MessagesJobs {
  constructor(
    private readonly messages: MessagesServiceClient,
    @InjectConfig(messagesConfig) private readonly config: ConfigHandle<MessagesConfig>,
  ) {}

  /** Calls the worker to remove messages that ended before the retention, batch by batch until none is left. */
  @ScheduledJob({ name: 'messages.purge', cron: '* * * * *', misfire: 'skip', deadline: '30s' })
  async purge({ scheduledAt, fence, signal }: JobRun): Promise<void> {
    const { retention, purgeBatch: limit } = this.config.current;
    const before = new Date(scheduledAt.getTime() - retention);
    for (;;) {
      const { purged } = await this.messages.purge({ before, fence, limit }, { signal });
      if (purged < limit) return;
    }
  }
}
