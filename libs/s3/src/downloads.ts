import { finished, type Readable } from 'node:stream';
import { type ConfigHandle, InjectConfig } from '@app/config';
import { BulkheadFullError } from '@app/resilience';
import { Injectable } from '@nestjs/common';
import type { DownloadStart } from './download-starts.js';
import { type S3Config, s3Config } from './s3.config.js';
import { DownloadCutError } from './s3.errors.js';
import { S3Metrics } from './s3.metrics.js';
import { toFileError } from './to-file-error.js';

/** A reader that has requested nothing for this long loses its place when all places are taken, in milliseconds. */
const IDLE_MS = 1_000;

/** One download, from its request until the reader has all bytes or has disconnected. */
export class Download {
  private stream: Readable | undefined;
  private start: DownloadStart | undefined;
  private idleSince: number | undefined;

  constructor(private readonly onEnd: (download: Download) => void) {}

  /** How long the reader has requested nothing, in milliseconds; 0 while it waits for the store. */
  get idleMs(): number {
    return this.idleSince === undefined ? 0 : performance.now() - this.idleSince;
  }

  /**
   * Attaches the streams. The download ends when either of them closes: a stream whose reader has not begun to read
   * emits nothing when its source ends.
   */
  attach(stream: Readable, source: Readable): void {
    this.stream = stream;
    this.turn('reader');
    finished(stream, { writable: false }, () => this.end());
    source.once('close', () => this.end());
  }

  /**
   * Attaches the place in `DownloadStarts`. It is released when the reader has enough bytes or stalls, or at the end.
   */
  holdStart(start: DownloadStart): void {
    this.start = start;
  }

  /** Records which side must act next: the reader must request bytes, or the source must send some. */
  turn(turn: 'reader' | 'source', passed = 0): void {
    this.start?.turn(turn, passed);
    this.idleSince = turn === 'reader' ? performance.now() : undefined;
  }

  cut(): void {
    this.stream?.destroy(DownloadCutError.idle(this.idleMs));
    this.end();
  }

  end(): void {
    this.start?.end();
    this.onEnd(this);
  }
}

/**
 * Limits the number of open downloads. Each holds a connection to the store until its reader has all bytes. When
 * all places are taken, the download whose reader has been idle the longest is cut. When all readers are active, a
 * new download waits for a moment and is then refused.
 */
@Injectable()
export class Downloads {
  private readonly current = new Set<Download>();
  private readonly waiting = new Set<(download: Download) => void>();

  constructor(
    private readonly metrics: S3Metrics,
    @InjectConfig(s3Config) private readonly config: ConfigHandle<S3Config>,
  ) {
    metrics.showDownloads(() => this.current.size);
  }

  /**
   * Acquires a place. Waits for one at most `s3.download_wait`.
   *
   * @throws BulkheadFullError when no place becomes free in time
   */
  async begin(signal: AbortSignal | undefined): Promise<Download> {
    if (signal?.aborted) throw toFileError(signal.reason, { signal });
    return this.hasPlace() || this.cutIdle() ? this.open() : this.wait(signal);
  }

  private async wait(signal: AbortSignal | undefined): Promise<Download> {
    const place = Promise.withResolvers<Download>();
    // Removes the caller at once. If it were removed when the promise has settled, a place that becomes free in between
    // would be lost.
    const cancel = (error: Error): void => {
      this.waiting.delete(place.resolve);
      place.reject(error);
    };
    const onAbort = (): void => cancel(toFileError(signal?.reason, { signal }));
    const timer = setTimeout(() => {
      if (this.cutIdle()) return this.admit(place.resolve);
      this.metrics.turnedAway('refused');
      cancel(BulkheadFullError.queueTimeout('the file storage'));
    }, this.config.current.downloadWait);
    signal?.addEventListener('abort', onAbort, { once: true });
    this.waiting.add(place.resolve);
    try {
      return await place.promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  private hasPlace(): boolean {
    return this.current.size < this.config.current.maxDownloads;
  }

  private open(): Download {
    const download = new Download((ended) => this.remove(ended));
    this.current.add(download);
    return download;
  }

  private remove(download: Download): void {
    if (!this.current.delete(download) || !this.hasPlace()) return;
    const [next] = this.waiting;
    if (next) this.admit(next);
  }

  private admit(waiting: (download: Download) => void): void {
    this.waiting.delete(waiting);
    waiting(this.open());
  }

  /** @returns whether an idle download was cut, so that its place is free for the caller */
  private cutIdle(): boolean {
    let idlest: Download | undefined;
    for (const download of this.current)
      if (download.idleMs >= Math.max(IDLE_MS, idlest?.idleMs ?? 0)) idlest = download;
    if (!idlest) return false;
    this.current.delete(idlest);
    idlest.cut();
    this.metrics.turnedAway('cut');
    return true;
  }
}
