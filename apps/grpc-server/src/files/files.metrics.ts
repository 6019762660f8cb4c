import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';

/** What a sweep mends. */
export type Swept = 'orphans' | 'adopted' | 'missing' | 'removed';

@Injectable()
export class FilesMetrics {
  private readonly counter;

  constructor(metrics: Metrics) {
    this.counter = metrics.counter({
      name: 'files_swept_total',
      help: 'What the sweep found: objects without a record, files to adopt, records without an object, removals and uploads that were left.',
      labelNames: ['what'],
    });
  }

  swept(what: Swept | 'uploads', count = 1): void {
    this.counter.labels({ what }).inc(count);
  }
}
