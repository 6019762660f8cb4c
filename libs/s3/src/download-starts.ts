import { type ConfigHandle, InjectConfig } from '@app/config';
import { Injectable } from '@nestjs/common';
import { Semaphore } from './semaphore.js';
import { type S3Config, s3Config } from './s3.config.js';
import { FileRefusedError } from './s3.errors.js';
import { S3Metrics } from './s3.metrics.js';

/** How long a start may wait, in milliseconds. */
const WAIT_MS = 10_000;
/** A download of at most this size starts at any time, in bytes. */
const SMALL_BYTES = 1024 ** 2;
/** A download has started when its reader has this many bytes. */
const START_BYTES = 256 * 1024;
/** A download has also started when its reader requests nothing for this long, in milliseconds. */
const STALL_MS = 20;

/** The size of a download. */
export interface DownloadSize {
  /** The size in bytes, if it is known without a request. */
  known: () => number | undefined;
  /** Requests the size from the store. */
  request: () => Promise<number>;
}

/** The start of one download: from the request to the store until its first bytes are passed on. */
export class DownloadStart {
  private stall: NodeJS.Timeout | undefined;

  constructor(private onEnd?: () => void) {}

  /**
   * @param turn which side must act next
   * @param passed bytes that the reader has
   */
  turn(turn: 'reader' | 'source', passed: number): void {
    if (!this.onEnd) return;
    clearTimeout(this.stall);
    if (passed >= START_BYTES) this.end();
    else if (turn === 'reader') this.stall = setTimeout(() => this.end(), STALL_MS).unref();
  }

  end(): void {
    clearTimeout(this.stall);
    this.onEnd?.();
    this.onEnd = undefined;
  }
}

/**
 * Limits how many large downloads start at the same time. A store sends megabytes of each into the kernel at once,
 * whether the client reads or not. Hundreds that start together keep the store and this process busy for seconds.
 * While all places are taken, a small file is opened at once and a large one waits for its turn. An unknown size is
 * requested with HEAD.
 */
@Injectable()
export class DownloadStarts {
  private readonly places: Semaphore;
  private readonly sizeRequests: Semaphore;

  constructor(metrics: S3Metrics, @InjectConfig(s3Config) config: ConfigHandle<S3Config>) {
    const count = (): number => config.current.startingDownloads;
    const onTimeout = (): void => metrics.turnedAway('refused');
    this.places = new Semaphore({ count, next: 'oldest', wait: WAIT_MS, onTimeout });
    // The newest first: a single client does not wait behind hundreds of earlier ones.
    this.sizeRequests = new Semaphore({ count, next: 'newest', wait: WAIT_MS, onTimeout });
  }

  /** @throws BulkheadFullError when no place becomes free in time */
  async begin(size: DownloadSize, signal: AbortSignal | undefined): Promise<DownloadStart> {
    if (!this.places.tryAcquire()) {
      const bytes = size.known() ?? (await this.requestSize(size, signal));
      if (bytes === undefined || bytes <= SMALL_BYTES) return new DownloadStart();
      await this.places.acquire(signal);
    }
    return new DownloadStart(() => this.places.release());
  }

  /** The size; undefined when the store refuses to state it. Its reply to the download then contains the reason. */
  private async requestSize(
    size: DownloadSize,
    signal: AbortSignal | undefined,
  ): Promise<number | undefined> {
    await this.sizeRequests.acquire(signal);
    try {
      // Another download of the same file may have found the size meanwhile.
      return size.known() ?? (await size.request());
    } catch (error) {
      if (error instanceof FileRefusedError) return undefined;
      throw error;
    } finally {
      this.sizeRequests.release();
    }
  }
}
