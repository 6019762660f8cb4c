import { AsyncResource } from 'node:async_hooks';
import type { Readable } from 'node:stream';
import type { FairTurns, PacedTurns } from '@app/lifecycle';
import { HttpRequestError } from '../http.errors.js';
import type { BodyBudget, BudgetedBody } from './body-budget.js';

/** Size of the first buffer of a body that arrives in several chunks, in bytes. The buffer grows with the body. */
const FIRST_BYTES = 4 * 1024;
/** Growth factor of the buffer. Each growth leaves an old buffer outside the heap, which V8 collects late. */
const GROWTH = 4;
/** After a chunk of this size or more, in bytes, the client probably has more data ready. */
const LARGE_CHUNK = 32 * 1024;
/** A body of this size or more, in bytes, is parsed in its turn of `CollectorOptions.parsing`. */
export const LARGE_BODY = 64 * 1024;

/** @internal */
export interface CollectorOptions {
  budget: BodyBudget;
  /** Limits how many large bodies are read in one turn of the event loop. */
  reading: FairTurns;
  /** Parses complete large bodies one at a time. */
  parsing: PacedTurns;
  /** Maximum size of the body, in bytes. */
  limit: number;
  /** The `Content-Length` of the body; undefined for a chunked body. */
  length: number | undefined;
}

type Done = (error: Error | null, body?: Buffer) => void;

/**
 * Collects a body into one growing buffer. A list of chunks would cost hundreds of bytes per chunk, and a client may
 * send chunks of one byte.
 */
export class BodyCollector implements BudgetedBody {
  /** Index in the budget's pool; set by the pool. */
  position = 0;
  /** Size of the buffer in bytes; set by the budget. */
  held = 0;
  readonly startedAt = performance.now();
  private buffer: Buffer | undefined;
  private size = 0;
  private hasEnded = false;
  private isFinished = false;

  /** Calls `done` once, with the complete body or with an error. */
  static collect(payload: Readable, options: CollectorOptions, done: Done): void {
    const collector = new BodyCollector(options, done);
    payload
      .on('data', (chunk: Buffer) => {
        collector.add(chunk);
        if (chunk.length < LARGE_CHUNK || collector.isFinished) return;
        payload.pause();
        options.reading.enqueue(() => payload.resume());
      })
      .once('end', () => collector.end())
      .once('close', () => collector.abort())
      // Not `once`: the body watch and a lost connection may each emit an error.
      .on('error', (error) => collector.abort(error));
  }

  private constructor(
    private readonly options: CollectorOptions,
    private readonly done: Done,
  ) {}

  refuse(): void {
    this.finish(HttpRequestError.bodiesOverloaded());
  }

  private add(chunk: Buffer): void {
    if (this.isFinished) return;
    const { limit, length } = this.options;
    const size = this.size + chunk.length;
    if (size > limit) this.finish(HttpRequestError.payloadTooLarge(limit));
    // Most bodies arrive in one chunk.
    else if (size === length && this.buffer === undefined) this.buffer = chunk;
    else this.append(chunk, size);
    this.size = size;
  }

  private append(chunk: Buffer, size: number): void {
    if (size > (this.buffer?.length ?? 0)) this.grow(size);
    this.buffer?.set(chunk, this.size);
  }

  private grow(size: number): void {
    const { budget, limit, length = limit } = this.options;
    const grown = Math.max(size, FIRST_BYTES, GROWTH * (this.buffer?.length ?? 0));
    const capacity = Math.max(size, Math.min(grown, length));
    budget.hold(this, capacity);
    if (this.isFinished) return;
    const buffer = Buffer.allocUnsafeSlow(capacity);
    this.buffer?.copy(buffer, 0, 0, this.size);
    this.buffer = buffer;
  }

  private end(): void {
    this.hasEnded = true;
    if (this.size < LARGE_BODY) this.finish(null);
    else this.options.parsing.enqueue(AsyncResource.bind(() => this.finish(null)));
  }

  private abort(error?: Error): void {
    if (this.hasEnded) return;
    if (error instanceof HttpRequestError) this.finish(error);
    else this.finish(HttpRequestError.malformedBody('it broke off before its end', error));
  }

  private finish(error: Error | null): void {
    if (this.isFinished) return;
    this.isFinished = true;
    const { buffer = Buffer.alloc(0), size } = this;
    this.buffer = undefined;
    this.options.budget.release(this);
    if (error) this.done(error);
    else this.done(null, buffer.subarray(0, size));
  }
}
