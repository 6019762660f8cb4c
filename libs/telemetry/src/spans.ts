import type { RequestContext, TraceContext } from '@app/context';

/** @publicApi */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** By the names of OpenTelemetry's semantic conventions where they have one. @publicApi */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** @publicApi */
export interface SpanOptions {
  /** @default 'internal' */
  kind?: SpanKind;
  attributes?: SpanAttributes;
}

/** How a piece of work came out. @publicApi */
export interface SpanEnding {
  /** What it failed with; none: it succeeded. */
  error?: unknown;
  attributes?: SpanAttributes;
}

/** A span that has begun. @publicApi */
export interface OpenSpan {
  /** A second ending changes nothing. */
  end(ending?: SpanEnding): void;
}

/**
 * Records what a piece of work is made of. Every call costs next to nothing when traces are off, or when this
 * trace is not one of the sample.
 *
 * @publicApi
 */
export abstract class Spans {
  /** Whether traces are recorded at all. */
  abstract readonly enabled: boolean;

  /**
   * The span of a whole piece of work, opened where it comes in: its ids are those of `context.trace`. Decides
   * whether the trace is recorded when it begins here.
   */
  abstract open(context: RequestContext, name: string, options?: SpanOptions): OpenSpan;

  /**
   * Runs `work` as a step of what runs here: what it calls, and what it hands on to other processes, belongs to
   * the step. The span ends when the promise settles that `work` returns, and fails when it throws.
   */
  abstract run<T>(name: string, options: SpanOptions, work: () => T): T;

  /**
   * Runs work that was merged from several pieces of work. Where one of them is recorded it is a step of that
   * one; of several, a trace of its own that is linked to them; of none, `work` runs as it would without.
   */
  abstract merged<T>(
    name: string,
    options: SpanOptions,
    origins: readonly (TraceContext | undefined)[],
    work: () => T,
  ): T;
}

const NO_SPAN: OpenSpan = { end: () => undefined };

/** Traces are off. */
export class NoSpans extends Spans {
  readonly enabled = false;

  open(): OpenSpan {
    return NO_SPAN;
  }

  run<T>(_name: string, _options: SpanOptions, work: () => T): T {
    return work();
  }

  merged<T>(
    _name: string,
    _options: SpanOptions,
    _origins: readonly (TraceContext | undefined)[],
    work: () => T,
  ): T {
    return work();
  }
}
