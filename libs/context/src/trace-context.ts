import { randomBytes } from 'node:crypto';

/**
 * A position in a distributed trace.
 *
 * @see https://www.w3.org/TR/trace-context/
 */
export interface TraceContext {
  /** 32 lower-case hex digits, the same in every process of one trace. */
  readonly traceId: string;
  /** 16 lower-case hex digits, the span of this process. */
  readonly spanId: string;
  /** The parent span, mostly in another process; undefined for the first span of a trace. */
  readonly parentSpanId?: string;
  /** Whether this trace is recorded. */
  readonly sampled: boolean;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const ZEROS = /^0+$/;

/** Parses a `traceparent` header; undefined when it is malformed. */
export function readTrace(traceparent: string): TraceContext | undefined {
  const [, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === '' || ZEROS.test(traceId) || ZEROS.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Continues the trace of a `traceparent` header; a missing or malformed one starts a new trace. */
export function continueTrace(traceparent: string | undefined): TraceContext {
  const caller = traceparent === undefined ? undefined : readTrace(traceparent);
  return caller ? stepOf(caller) : startTrace();
}

/** A child span inside this process. */
export function stepOf({ traceId, spanId, sampled }: TraceContext): TraceContext {
  return { traceId, spanId: nextSpanId(), parentSpanId: spanId, sampled };
}

/** Starts a new trace, which is not recorded by default. */
export function startTrace(): TraceContext {
  return { traceId: TRACE_PREFIX + nextSpanId(), spanId: nextSpanId(), sampled: false };
}

/** The `traceparent` header that propagates a trace. */
export function toTraceparent(trace: TraceContext): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? '01' : '00'}`;
}

// Random numbers are drawn in blocks: one call to the kernel for 512 ids instead of one each.
const TRACE_PREFIX = randomBytes(8).toString('hex');
const BLOCK = 4096;
let pool = '';
let offset = 0;

function nextSpanId(): string {
  if (offset >= pool.length) {
    pool = randomBytes(BLOCK).toString('hex');
    offset = 0;
  }
  const id = pool.slice(offset, offset + 16);
  offset += 16;
  return id;
}
