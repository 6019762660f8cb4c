import { AsyncResource } from 'node:async_hooks';
import type { Readable } from 'node:stream';
import type { FairTurns, PacedTurns } from '@app/lifecycle';
import { HttpRequestError } from '../http.errors.js';
import type { BodyBudget, BudgetedBody } from './body-budget.js';

/** What a body in pieces gets at first, in bytes; it grows with what arrives. */
const FIRST_BYTES = 4 * 1024;
/** By how much it grows. Each copy is garbage outside the heap, which V8 collects late. */
const GROWTH = 4;
/** A chunk of this size comes from a client that has more ready, in bytes. */
const LARGE_CHUNK = 32 * 1024;
/** A body of this size takes its turn to be parsed, in bytes. */
export const LARGE_BODY = 64 * 1024;

/** @internal */
export interface CollectorOptions {
  budget: BodyBudget;
  /** Of bodies that arrive. */
  reading: FairTurns;
  /** Of bodies that are whole. */
  parsing: PacedTurns;
  /** Most bytes that the body may have. */
  limit: number;
  /** What its header says; undefined when it comes in chunks. */
  length: number | undefined;
}

type Done = (error: Error | null, body?: Buffer) => void;

/**
 * Collects a body into one buffer that grows with it. A list of the chunks would take some hundred bytes for each, and
 * a client may send chunks of one byte.
 */
export class BodyCollector implements BudgetedBody {
  position = 0;
  held = 0;
  readonly startedAt = performance.now();
  private buffer: Buffer | undefined;
  private size = 0;
  private isWhole = false;
  private isOver = false;

  /** Calls `done` once: with the whole body, or with why there is none. */
  static collect(payload: Readable, options: CollectorOptions, done: Done): void {
    const collector = new BodyCollector(options, done);
    payload
      .on('data', (chunk: Buffer) => {
        collector.add(chunk);
        if (chunk.length < LARGE_CHUNK || collector.isOver) return;
        payload.pause();
        options.reading.ask(() => payload.resume());
      })
      .once('end', () => collector.end())
      .once('close', () => collector.breakOff())
      // More than one may come: of the watch, and of a connection that breaks.
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
    // Most bodies come at once.
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
    else this.options.parsing.ask(AsyncResource.bind(() => this.finish(null)));
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
