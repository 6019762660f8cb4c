import { RequestContext, startTrace, stepOf, type TraceContext } from '@app/context';
import { AppError } from '@app/errors';
import {
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace as api,
  TraceFlags,
  type Tracer,
} from '@opentelemetry/api';
import { isPromise } from '../is-promise.js';
import { type OpenSpan, type SpanEnding, type SpanOptions, Spans } from '../spans.js';
import type { ContextIds } from './context.ids.js';

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

const NOT_RECORDED: OpenSpan = { end: () => undefined };

/** Records spans with OpenTelemetry's SDK, under the ids of the context. */
export class RecordingSpans extends Spans {
  readonly enabled = true;
  /** Steps for which this process has opened a span. */
  private readonly started = new WeakSet<TraceContext>();

  /** @param sampleRatio read for each trace that begins here */
  constructor(
    private readonly tracer: Tracer,
    private readonly ids: ContextIds,
    private readonly sampleRatio: () => number,
  ) {
    super();
  }

  open(context: RequestContext, name: string, options: SpanOptions = {}): OpenSpan {
    const { trace } = context;
    if (trace.parentSpanId === undefined && !trace.sampled && isSampled(trace.traceId, this.sampleRatio()))
      context.startRecording();
    return context.trace.sampled ? this.start(context.trace, name, options) : NOT_RECORDED;
  }

  run<T>(name: string, options: SpanOptions, work: () => T): T {
    const context = RequestContext.current();
    if (!context?.trace.sampled) return work();
    const step = stepOf(this.withSpan(context.trace));
    const span = this.start(step, name, options);
    return endedWith(span, () => context.fork({ trace: step }).run(work));
  }

  merged<T>(
    name: string,
    options: SpanOptions,
    origins: readonly (TraceContext | undefined)[],
    work: () => T,
  ): T {
    const recorded = onePerTrace(origins);
    const [first, ...others] = recorded;
    if (!first) return work();
    const alone = others.length === 0;
    const trace = alone ? stepOf(first) : { ...startTrace(), sampled: true };
    const here = RequestContext.currentOr(name);
    const span = this.start(trace, name, options, alone ? [] : recorded);
    return endedWith(span, () => here.fork({ trace }).run(work));
  }

  /** The step itself, or the caller's step when no span was opened for it: a parent must be exported to be of use. */
  private withSpan(step: TraceContext): TraceContext {
    const { parentSpanId } = step;
    return this.started.has(step) || parentSpanId === undefined ? step : { ...step, spanId: parentSpanId };
  }

  private start(
    step: TraceContext,
    name: string,
    { kind = 'internal', attributes }: SpanOptions,
    origins: readonly TraceContext[] = [],
  ): OpenSpan {
    const links: Link[] = origins.map((origin) => ({ context: spanContextOf(origin, origin.spanId) }));
    const { parentSpanId } = step;
    this.started.add(step);
    const parent =
      parentSpanId === undefined
        ? ROOT_CONTEXT
        : api.setSpanContext(ROOT_CONTEXT, spanContextOf(step, parentSpanId));
    const span = this.ids.with(step, () =>
      this.tracer.startSpan(name, { kind: KINDS[kind], attributes, links }, parent),
    );
    return { end: (ending) => end(span, ending) };
  }
}

/** The recorded origins, one for each trace. */
function onePerTrace(origins: readonly (TraceContext | undefined)[]): TraceContext[] {
  const recorded = origins.filter((origin) => origin?.sampled === true) as TraceContext[];
  return [...new Map(recorded.map((origin) => [origin.traceId, origin])).values()];
}

/**
 * Decides by the random end of the trace id, so that every process decides alike.
 *
 * @see https://www.w3.org/TR/trace-context-2/#random-trace-id-flag
 */
export function isSampled(traceId: string, ratio: number): boolean {
  return Number.parseInt(traceId.slice(-RANDOM_DIGITS), 16) < ratio * 16 ** RANDOM_DIGITS;
}

const RANDOM_DIGITS = 12;

function end(span: Span, { error, attributes = {} }: SpanEnding = {}): void {
  span.setAttributes(attributes);
  if (error !== undefined) {
    span.setAttribute('error.type', typeOf(error));
    if (isFailure(error)) span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
  }
  span.end();
}

/** Runs `work` and ends the span with its outcome. */
function endedWith<T>(span: OpenSpan, work: () => T): T {
  let result: T;
  try {
    result = work();
  } catch (error) {
    span.end({ error });
    throw error;
  }
  if (isPromise(result)) {
    result.then(
      () => span.end(),
      (error: unknown) => span.end({ error: error ?? new Error('rejected with nothing') }),
    );
  } else span.end();
  return result;
}

function spanContextOf({ traceId }: TraceContext, spanId: string): SpanContext {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
}

/** A fault of the caller is a reply, not a failure of the work. */
function isFailure(error: unknown): boolean {
  return !(error instanceof AppError) || error.status.http >= 500;
}

function typeOf(error: unknown): string {
  if (error instanceof AppError) return error.reason;
  return error instanceof Error ? error.name : typeof error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
