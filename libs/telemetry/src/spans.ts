import type { RequestContext, TraceContext } from '@app/context';

/** @publicApi */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** Attributes, named as in OpenTelemetry's semantic conventions where these have a name. @publicApi */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** @publicApi */
export interface SpanOptions {
  /** @default 'internal' */
  kind?: SpanKind;
  attributes?: SpanAttributes;
}

/** The outcome of a piece of work. @publicApi */
export interface SpanEnding {
  /** The error of the work; undefined when it succeeded. */
  error?: unknown;
  attributes?: SpanAttributes;
}

/** A span that has begun. @publicApi */
export interface OpenSpan {
  /** A second call changes nothing. */
  end(ending?: SpanEnding): void;
}

/**
 * Records the steps of a piece of work. A call costs almost nothing when traces are off, or when this trace is not
 * sampled.
 *
 * @publicApi
 */
export abstract class Spans {
  /** Whether traces are recorded at all. */
  abstract readonly enabled: boolean;

  /**
   * Opens the span of a whole piece of work, such as a request. Its ids are those of `context.trace`. When the trace
   * begins in this process, this call decides by the sample ratio whether the trace is recorded.
   */
  abstract open(context: RequestContext, name: string, options?: SpanOptions): OpenSpan;

  /**
   * Runs `work` as a step of the current work. Calls of `work`, and requests that it sends to other processes,
   * belong to the step. The span ends when the promise that `work` returns settles; it fails when `work` throws or
   * rejects.
   */
  abstract run<T>(name: string, options: SpanOptions, work: () => T): T;

  /**
   * Runs work that was merged from several pieces of work, for example a batch.
   *
   * - None of their traces is recorded: `work` runs without a span.
   * - Exactly one trace is recorded: the work is a step of it.
   * - Several traces are recorded: the work is a trace of its own, which is linked to them.
   *
   * @param origins the trace of each piece of work; undefined for one without a trace
   */
  abstract merged<T>(
    name: string,
    options: SpanOptions,
    origins: readonly (TraceContext | undefined)[],
    work: () => T,
  ): T;
}

const NO_SPAN: OpenSpan = { end: () => undefined };

/** Used when traces are off. */
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
