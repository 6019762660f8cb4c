import { type ConfigHandle, InjectConfig } from '@app/config';
import { Metrics, type SpanOptions, Spans } from '@app/telemetry';
import { type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { Injectable, Logger } from '@nestjs/common';
import type { Gauge } from 'prom-client';
import { type S3Config, s3Config } from './s3.config.js';

const OUTCOMES = ['ok', 'refused', 'aborted', 'failed'] as const;
type Outcome = (typeof OUTCOMES)[number];

/** Measures the requests to the object store where the SDK sends them: each attempt counts as one. */
@Injectable()
export class S3Metrics {
  private readonly logger = new Logger('S3');
  private readonly requests;
  private readonly durations;
  private readonly uploadedBytes;
  private readonly turnedAwayDownloads;

  constructor(
    private readonly metrics: Metrics,
    private readonly spans: Spans,
    @InjectConfig(s3Config) private readonly config: ConfigHandle<S3Config>,
  ) {
    this.requests = metrics.counter({
      name: 's3_requests_total',
      help: 'Requests to the object store; refused means a 4xx answer.',
      labelNames: ['operation', 'outcome'],
    });
    this.durations = metrics.histogram({
      name: 's3_request_duration_seconds',
      help: 'Time of one attempt until the object store has answered, bodies of downloads not included.',
      labelNames: ['operation'],
    });
    this.uploadedBytes = metrics.counter({
      name: 's3_uploaded_bytes_total',
      help: 'Bytes of completed uploads.',
    });
    this.turnedAwayDownloads = metrics.counter({
      name: 's3_downloads_turned_away_total',
      help: 'Downloads refused because no place became free in time, or cut because their readers did not read.',
      labelNames: ['outcome'],
    });
    for (const outcome of ['refused', 'cut']) this.turnedAwayDownloads.inc({ outcome }, 0);
  }

  /** Counts every request that this client sends from now on. */
  observe(client: S3Client): S3Client {
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const operation = (context.commandName ?? 'unknown').replace(/Command$/, '');
        // Exported with 0 before the first outcome: `increase()` does not see the first sample of a series.
        for (const outcome of OUTCOMES) this.requests.labels({ operation, outcome });
        const started = performance.now();
        try {
          const output = await this.spans.run(`S3.${operation}`, spanOf(operation), () => next(args));
          this.count(operation, 'ok');
          return output;
        } catch (error) {
          this.count(operation, outcomeOf(error));
          throw error;
        } finally {
          this.took(operation, performance.now() - started);
        }
      },
      { step: 'initialize', name: 'requestMetrics' },
    );
    return client;
  }

  uploaded(bytes: number): void {
    this.uploadedBytes.inc(bytes);
  }

  /** @param outcome `refused` when no place became free in time, `cut` when another download took the place */
  turnedAway(outcome: 'refused' | 'cut'): void {
    this.turnedAwayDownloads.inc({ outcome });
  }

  /** Exports the number of open downloads, read at each scrape. */
  showDownloads(count: () => number): void {
    const gauge: Gauge = this.metrics.gauge({
      name: 's3_open_downloads',
      help: 'Downloads that hold a connection to the object store.',
      collect: () => gauge.set(count()),
    });
  }

  /**
   * Records the duration of a request, and logs a slow one. The request context adds the route, job or RPC to the log
   * line. The object's key is data of the caller, so it is not logged.
   */
  private took(operation: string, milliseconds: number): void {
    this.durations.labels({ operation }).observe(milliseconds / 1000);
    if (milliseconds < this.config.current.slowRequest) return;
    this.logger.warn(
      { operation, duration_ms: Math.round(milliseconds) },
      'slow request to the object store',
    );
  }

  private count(operation: string, outcome: Outcome): void {
    this.requests.labels({ operation, outcome }).inc();
  }
}

function spanOf(operation: string): SpanOptions {
  return {
    kind: 'client',
    attributes: { 'rpc.system': 'aws-api', 'rpc.service': 'S3', 'rpc.method': operation },
  };
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof Error && error.name === 'AbortError') return 'aborted';
  const status = error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 0) : 0;
  return status >= 400 && status < 500 ? 'refused' : 'failed';
}
