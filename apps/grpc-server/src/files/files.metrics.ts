import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';

const SWEPT = ['orphans', 'adopted', 'missing', 'removed'] as const;

/** The kinds of inconsistencies that a sweep repairs. */
export type Swept = (typeof SWEPT)[number];

@Injectable()
export class FilesMetrics {
  private readonly counter;

  constructor(metrics: Metrics) {
    this.counter = metrics.counter({
      name: 'files_swept_total',
      help: 'What the sweep found: objects without a record, files to adopt, records without an object, removals and uploads that were left.',
      labelNames: ['what'],
      values: { what: [...SWEPT, 'uploads'] },
    });
  }

  swept(what: Swept | 'uploads', count = 1): void {
    this.counter.labels({ what }).inc(count);
  }
}
