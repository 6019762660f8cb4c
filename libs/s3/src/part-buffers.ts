import { type PartFiller, PartFillers } from './part-fillers.js';
import { UploadsBusyError } from './s3.errors.js';

/** @internal */
export interface PartBuffersOptions {
  /** Size of one buffer, in bytes. */
  size: number;
  /** Maximum number of buffers. */
  count: number;
  /** How long an upload waits for a buffer, in milliseconds. */
  wait: number;
}

/**
 * The buffers that all uploads of a process share. There are at most `count`. They are allocated when first needed
 * and reused, because memory outside the heap is freed late. When all are in use, an upload waits for its turn, and
 * stops reading from its client.
 */
export class PartBuffers {
  private readonly free: Buffer[] = [];
  private readonly waiters: ((buffer: Buffer) => void)[] = [];
  private readonly fillers = new PartFillers();
  private allocated = 0;

  constructor(private readonly options: PartBuffersOptions) {}

  /** Size of one buffer, in bytes. */
  get size(): number {
    return this.options.size;
  }

  /** Number of buffers in use. */
  get inUse(): number {
    return this.allocated - this.free.length;
  }

  /**
   * Takes a buffer. While other uploads wait for one, a `filler` that is too slow is stopped; call `filled` when it
   * is done.
   *
   * @throws UploadsBusyError when no buffer becomes free in time
   * @throws the signal's reason when it is aborted before a buffer is free
   */
  async acquire(filler: PartFiller, signal: AbortSignal): Promise<Buffer> {
    signal.throwIfAborted();
    const buffer = this.free.pop() ?? this.allocate() ?? (await this.wait(signal));
    this.fillers.add(filler);
    return buffer;
  }

  /** Call it when the buffer is full: from now on it waits for the store, not for the client. */
  filled(filler: PartFiller): void {
    this.fillers.remove(filler);
  }

  release(buffer: Buffer): void {
    const next = this.waiters.shift();
    if (next) next(buffer);
    else this.free.push(buffer);
  }

  private allocate(): Buffer | undefined {
    if (this.allocated >= this.options.count) return undefined;
    this.allocated += 1;
    return Buffer.allocUnsafeSlow(this.options.size);
  }

  private wait(signal: AbortSignal): Promise<Buffer> {
    const watch = this.fillers.watch();
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        watch.end();
        clearTimeout(clock);
        signal.removeEventListener('abort', onAbort);
      };
      const take = (buffer: Buffer): void => {
        settle();
        resolve(buffer);
      };
      const cancel = (reason: Error): void => {
        settle();
        this.waiters.splice(this.waiters.indexOf(take), 1);
        reject(reason);
      };
      const onAbort = (): void => cancel(signal.reason as Error);
      const clock = setTimeout(() => cancel(UploadsBusyError.create()), this.options.wait).unref();
      this.waiters.push(take);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}
