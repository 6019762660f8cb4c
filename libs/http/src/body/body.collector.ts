import { AsyncResource } from 'node:async_hooks';
import type { Readable } from 'node:stream';
import type { FairTurns, PacedTurns } from '@app/lifecycle';
import { HttpRequestError } from '../http.errors.js';
import type { BodyBudget, BudgetedBody } from './body-budget.js';

/** Size of the first buffer of a body in pieces, in bytes; it grows with the body. */
const FIRST_BYTES = 4 * 1024;
/** Growth factor of the buffer. Each copy is garbage outside the heap, which V8 collects late. */
const GROWTH = 4;
/** A client that sends a chunk of this size has more ready, in bytes. */
const LARGE_CHUNK = 32 * 1024;
/** A body of this size waits for its turn to be parsed, in bytes. */
export const LARGE_BODY = 64 * 1024;

/** @internal */
export interface CollectorOptions {
  budget: BodyBudget;
  /** Turns of arriving bodies. */
  reading: FairTurns;
  /** Turns of complete bodies. */
  parsing: PacedTurns;
  /** Maximum size of the body, in bytes. */
  limit: number;
  /** Value of its `Content-Length`; undefined when it comes in chunks. */
  length: number | undefined;
}

type Done = (error: Error | null, body?: Buffer) => void;

/**
 * Collects a body into one growing buffer. A list of the chunks would take some hundred bytes for each chunk, and a
 * client may send chunks of one byte.
 */
export class BodyCollector implements BudgetedBody {
  position = 0;
  held = 0;
  readonly startedAt = performance.now();
  private buffer: Buffer | undefined;
  private size = 0;
  private isWhole = false;
  private isOver = false;

  /** Calls `done` once, with the complete body or with an error. */
  static collect(payload: Readable, options: CollectorOptions, done: Done): void {
    const collector = new BodyCollector(options, done);
    payload
      .on('data', (chunk: Buffer) => {
        collector.add(chunk);
        if (chunk.length < LARGE_CHUNK || collector.isOver) return;
        payload.pause();
        options.reading.enqueue(() => payload.resume());
      })
      .once('end', () => collector.end())
      .once('close', () => collector.breakOff())
      // More than one error may come: from the watch, and from a connection that breaks.
      .on('error', (error) => collector.breakOff(error));
  }

  private constructor(
    private readonly options: CollectorOptions,
    private readonly done: Done,
  ) {}

  refuse(): void {
    this.finish(HttpRequestError.bodiesOverloaded());
  }

  private add(chunk: Buffer): void {
    if (this.isOver) return;
    const { limit, length } = this.options;
    const size = this.size + chunk.length;
    if (size > limit) this.finish(HttpRequestError.payloadTooLarge(limit));
    // Most bodies come in one chunk.
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
    const wanted = Math.max(size, FIRST_BYTES, GROWTH * (this.buffer?.length ?? 0));
    const capacity = Math.max(size, Math.min(wanted, length));
    budget.hold(this, capacity);
    if (this.isOver) return;
    const buffer = Buffer.allocUnsafeSlow(capacity);
    this.buffer?.copy(buffer, 0, 0, this.size);
    this.buffer = buffer;
  }

  private end(): void {
    this.isWhole = true;
    if (this.size < LARGE_BODY) this.finish(null);
    else this.options.parsing.enqueue(AsyncResource.bind(() => this.finish(null)));
  }

  private breakOff(error?: Error): void {
    if (this.isWhole) return;
    if (error instanceof HttpRequestError) this.finish(error);
    else this.finish(HttpRequestError.malformedBody('it broke off before its end', error));
  }

  private finish(error: Error | null): void {
    if (this.isOver) return;
    this.isOver = true;
    const { buffer = Buffer.alloc(0), size } = this;
    this.buffer = undefined;
    this.options.budget.release(this);
    if (error) this.done(error);
    else this.done(null, buffer.subarray(0, size));
  }
}
