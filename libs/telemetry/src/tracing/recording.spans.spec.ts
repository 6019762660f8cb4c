import { RequestContext, type TraceContext } from '@app/context';
import { AppError, Status } from '@app/errors';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ContextIds } from './context.ids.js';
import { isSampled, RecordingSpans } from './recording.spans.js';

const exporter = new InMemorySpanExporter();
let ratio: number;
let spans: RecordingSpans;

beforeEach(() => {
  ratio = 1;
  const ids = new ContextIds();
  const spanProcessors = [new SimpleSpanProcessor({ exporter })];
  const provider = new TracerProvider({ idGenerator: ids, spanProcessors });
  spans = new RecordingSpans(provider.getTracer('test'), ids, () => ratio);
});

afterEach(() => exporter.reset());

function contextOf(traceparent?: string): RequestContext {
  return new RequestContext({ entry: 'http', operation: '/orders', ...(traceparent && { traceparent }) });
}

function recorded() {
  return exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    trace: span.spanContext().traceId,
    id: span.spanContext().spanId,
    parent: span.parentSpanContext?.spanId,
    links: span.links.map(({ context }) => context.traceId),
  }));
}

describe('the parent of a step', () => {
  const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

  it('is the caller’s step when no span was opened, not a span that is never exported', () => {
    contextOf(`00-${TRACE}-00f067aa0ba902b7-01`).run(() => spans.run('load', {}, () => undefined));
    expect(recorded()).toMatchObject([{ name: 'load', trace: TRACE, parent: '00f067aa0ba902b7' }]);
  });

  it('is the step that caused it, also in a context of its own', () => {
    const cause = contextOf();
    spans.open(cause, 'GET /orders').end();
    const { trace } = cause;
    const background = new RequestContext({ entry: 'http', operation: '/orders', trace });
    background.run(() => spans.run('load', {}, () => undefined));
    expect(recorded()).toMatchObject([
      { name: 'GET /orders', id: trace.spanId },
      { name: 'load', trace: trace.traceId, parent: trace.spanId },
    ]);
  });
});

describe('the span of a piece of work', () => {
  it('has the ids of its context, which are those of its log lines', () => {
    const context = contextOf();
    spans.open(context, 'GET /orders', { kind: 'server' }).end({ attributes: { status: 200 } });
    const { traceId, spanId, sampled } = context.trace;
    expect(recorded()).toEqual([
      { name: 'GET /orders', trace: traceId, id: spanId, parent: undefined, links: [] },
    ]);
    expect(sampled).toBe(true);
    expect(exporter.getFinishedSpans()[0]).toMatchObject({
      kind: SpanKind.SERVER,
      attributes: { status: 200 },
    });
  });

  it('has the caller’s step as its parent, and is recorded only when the caller records', () => {
    spans.open(contextOf('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'), 'recorded').end();
    spans.open(contextOf('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00'), 'not').end();
    expect(recorded()).toMatchObject([
      { name: 'recorded', trace: '4bf92f3577b34da6a3ce929d0e0e4736', parent: '00f067aa0ba902b7' },
    ]);
  });

  it('is recorded for a share of the traces that begin here, by the current ratio', () => {
    ratio = 0;
    const context = contextOf();
    spans.open(context, 'one').end();
    context.run(() => spans.run('step', {}, () => undefined));
    expect([recorded(), context.trace.sampled]).toEqual([[], false]);
    const ids = Array.from({ length: 4000 }, () => contextOf().trace.traceId);
    const share = ids.filter((id) => isSampled(id, 0.25)).length / ids.length;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.3);
    expect(ids.filter((id) => isSampled(id, 0.1) && !isSampled(id, 0.25))).toEqual([]);
  });

  it('fails with the error of the work, but not for a fault of the caller', () => {
    spans.open(contextOf(), 'broken').end({ error: new TypeError('no such thing') });
    const refusal = new AppError({
      reason: 'ORDER_NOT_FOUND',
      status: Status.NOT_FOUND,
      message: 'No such order.',
    });
    spans.open(contextOf(), 'refused').end({ error: refusal });
    expect(exporter.getFinishedSpans()).toMatchObject([
      {
        status: { code: SpanStatusCode.ERROR, message: 'no such thing' },
        attributes: { 'error.type': 'TypeError' },
      },
      { status: { code: SpanStatusCode.UNSET }, attributes: { 'error.type': 'ORDER_NOT_FOUND' } },
    ]);
  });
});

describe('a step', () => {
  it('is a child of the step that runs it, and the parent of the steps that it calls', async () => {
    const context = contextOf();
    const entry = spans.open(context, 'entry');
    await context.run(() =>
      spans.run('outer', {}, async () => spans.run('inner', { kind: 'client' }, async () => 1)),
    );
    entry.end();
    const [inner, outer, root] = recorded();
    expect([inner?.name, outer?.name, root?.name]).toEqual(['inner', 'outer', 'entry']);
    expect([inner?.parent, outer?.parent, root?.parent]).toEqual([outer?.id, root?.id, undefined]);
  });

  it('returns the result of the work, and ends when its promise settles', async () => {
    const context = contextOf();
    spans.open(context, 'entry').end();
    const { promise, resolve } = Promise.withResolvers<number>();
    const result = context.run(() => spans.run('slow', {}, () => promise));
    expect(recorded().map(({ name }) => name)).toEqual(['entry']);
    resolve(7);
    expect(await result).toBe(7);
    expect(recorded().map(({ name }) => name)).toEqual(['entry', 'slow']);
    await expect(
      context.run(() => spans.run('bad', {}, () => Promise.reject(new Error('no')))),
    ).rejects.toThrow('no');
    expect(() =>
      context.run(() =>
        spans.run('worse', {}, () => {
          throw new Error('never');
        }),
      ),
    ).toThrow('never');
    expect(
      exporter
        .getFinishedSpans()
        .slice(2)
        .map(({ status }) => status.message),
    ).toEqual(['no', 'never']);
  });

  it('is not recorded outside a piece of work', () => {
    expect(spans.run('background', {}, () => RequestContext.current())).toBeUndefined();
    expect(recorded()).toEqual([]);
  });
});

describe('merged work', () => {
  const origin = (sampled: boolean): TraceContext => ({ ...contextOf().trace, sampled });

  it('is a step of the only one that is recorded', () => {
    const [one, other] = [origin(true), origin(false)];
    const inside = spans.merged('batch', {}, [other, one, undefined], () => RequestContext.current()?.trace);
    expect(recorded()).toMatchObject([{ trace: one.traceId, parent: one.spanId, links: [] }]);
    expect(inside).toMatchObject({ traceId: one.traceId, parentSpanId: one.spanId, sampled: true });
  });

  it('is one step of a trace that it came from twice', () => {
    const one = origin(true);
    spans.merged('batch', {}, [one, one], () => undefined);
    expect(recorded()).toMatchObject([{ trace: one.traceId, parent: one.spanId, links: [] }]);
  });

  it('of several is a trace of its own that is linked to them', () => {
    const [one, two] = [origin(true), origin(true)];
    spans.merged('batch', {}, [one, two], () => undefined);
    const [batch] = recorded();
    expect(batch).toMatchObject({ parent: undefined, links: [one.traceId, two.traceId] });
    expect([one.traceId, two.traceId]).not.toContain(batch?.trace);
  });

  it('of none is not recorded and has no context', () => {
    expect(
      spans.merged('batch', {}, [origin(false), undefined], () => RequestContext.current()),
    ).toBeUndefined();
    expect(recorded()).toEqual([]);
  });
});
