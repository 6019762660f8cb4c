import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { APPS } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import { FULL } from '../../support/assertions/form.js';
import type { ReceivedSpan } from '../../support/servers/received-span.js';
import { TracedFixture } from './traced-fixture.js';

/** The spans of an increment, from its request to the consumer of its event. */
const WAY = [
  ['gateway', 'server', 'POST /api/v1/counter/increment'],
  ['gateway', 'client', 'ganymede.counters.v1.CountersService/Increment'],
  ['grpc-server', 'server', 'ganymede.counters.v1.CountersService/Increment'],
  ['grpc-server', 'client', 'countersIncrement'],
  ['grpc-server', 'internal', 'drain counters'],
  ['grpc-server', 'client', 'INSERT'],
  ['grpc-server', 'producer', 'create counters.incremented.v1'],
  ['worker', 'producer', 'send counter_events'],
  ['worker', 'consumer', 'process counter_events'],
  ['worker', 'client', 'INSERT'],
] as const;

const CONSUMED = 'process counter_events';
/** One span for each call between processes and stores, including the queries of the outbox relay and the inbox. */
const MOST_SPANS = 24;

const EXPORTERS = FULL ? (['otlp', 'zipkin'] as const) : (['otlp'] as const);

describe.each(EXPORTERS)('a trace that is exported as %s', (exporter) => {
  let fixture: TracedFixture;

  beforeAll(async () => {
    fixture = await TracedFixture.start((receiver) => ({
      APP__TELEMETRY__TRACES__EXPORTER: exporter,
      APP__TELEMETRY__TRACES__ENDPOINT: receiver[exporter],
    }));
  }, 90_000);

  afterAll(() => fixture.stop(), 60_000);

  it('spans from a request to the consumer of its event, through every process and store', async () => {
    const spans = await wholeWay();
    for (const [service, kind, name] of WAY)
      expect(spans).toContainEqual(expect.objectContaining({ service, kind, name }));
  });

  it('has one root and no span whose parent is unknown', async () => {
    const [{ traceId } = { traceId: '' }] = await wholeWay();
    await eventually(() => {
      const spans = fixture.receiver.trace(traceId);
      const parents = new Set<string | undefined>(spans.map(({ id }) => id));
      const orphans = spans.filter(({ parentId }) => !parents.has(parentId));
      expect(orphans).toEqual([expect.objectContaining({ name: WAY[0][2], parentId: undefined })]);
    });
  });

  it('has only spans of calls between processes and stores, not between providers', async () => {
    const spans = await wholeWay();
    expect(spans.filter(({ kind }) => kind === 'internal').map(({ name }) => name)).toEqual([
      'drain counters',
    ]);
    expect(spans.length).toBeLessThanOrEqual(MOST_SPANS);
  });

  it('has the id in the log lines of its apps', async () => {
    const [{ traceId } = { traceId: '' }] = await wholeWay();
    await eventually(() => {
      for (const app of ['gateway', 'grpc-server', 'worker'] as const)
        expect(fixture.apps[app].log.lines()).toContainEqual(expect.objectContaining({ trace_id: traceId }));
    });
  });

  it('can begin with a job as well as with a request', async () => {
    // Starts at the far end, since the first runs may happen before the worker is available.
    const called = { service: 'worker', kind: 'server', name: 'ganymede.messages.v1.MessagesService/Purge' };
    const { traceId } = await eventually(() => spanOf(called), { within: 15_000 });
    await eventually(() => {
      const spans = fixture.receiver.trace(traceId);
      expect(spans).toContainEqual(
        expect.objectContaining({ service: 'cron-server', name: 'messages.purge', parentId: undefined }),
      );
    });
    const line = { job: 'messages.purge', trace_id: traceId, request_id: expect.stringMatching(/.+/) };
    await eventually(() =>
      expect(fixture.apps['cron-server'].log.lines()).toContainEqual(expect.objectContaining(line)),
    );
  });

  it('continues the recorded trace of a caller, and is not recorded when the caller does not record', async () => {
    const [recorded, unrecorded] = [newTraceId(), newTraceId()];
    const health = (trace: string, flags: string) =>
      fixture.apps.gateway.http.get('/health', {
        headers: { traceparent: `00-${trace}-00f067aa0ba902b7-${flags}` },
      });
    await health(unrecorded, '00');
    await health(recorded, '01');
    await eventually(() => expect(fixture.receiver.trace(recorded)).toHaveLength(1));
    expect(fixture.receiver.trace(recorded)[0]).toMatchObject({
      parentId: '00f067aa0ba902b7',
      name: 'GET /health',
    });
    expect(fixture.receiver.trace(unrecorded)).toEqual([]);
  });

  it('is counted when it is exported, without losses', async () => {
    for (const name of APPS) {
      const { text } = await fixture.apps[name].management.get('/metrics');
      expect(text).toMatch(/telemetry_spans_total\{outcome="exported"\} [1-9]/);
      expect(text).toContain('telemetry_spans_total{outcome="lost"} 0');
    }
  });

  it('is linked by exemplars of the latency histograms, for a reader that accepts OpenMetrics', async () => {
    const { management } = fixture.apps.gateway;
    const accept = 'application/openmetrics-text; version=1.0.0';
    const reply = await management.get('/metrics', { headers: { accept } });
    expect(reply.headers['content-type']).toMatch(/^application\/openmetrics-text/);
    const [, traceId = ''] =
      /http_request_duration_seconds_bucket.* # \{trace_id="([0-9a-f]{32})"\}/.exec(reply.text) ?? [];
    expect(fixture.receiver.trace(traceId)).not.toEqual([]);
    const plain = await management.get('/metrics');
    expect(plain.text).not.toContain('trace_id=');
    expect(plain.text).toContain('http_requests_total{');
  });

  /** The spans of an increment whose event reached this worker; other running workers consume some of the events. */
  function wholeWay(): Promise<ReceivedSpan[]> {
    return eventually(
      async () => {
        const request = { resource_id: randomUUID(), counter_type: 'view' };
        expect((await fixture.apps.gateway.http.post('/api/v1/counter/increment', request)).status).toBe(200);
        return eventually(
          () => {
            const consumed = fixture.receiver.spans.findLast(({ name }) => name === CONSUMED);
            const spans = fixture.receiver.trace(consumed?.traceId ?? '');
            for (const [service, , name] of WAY)
              expect(spans).toContainEqual(expect.objectContaining({ service, name }));
            return spans;
          },
          { within: 5_000 },
        );
      },
      { within: 30_000 },
    );
  }

  function spanOf(wanted: Partial<ReceivedSpan>): ReceivedSpan {
    const found = fixture.receiver.spans.find((span) =>
      Object.entries(wanted).every(([key, value]) => span[key as keyof ReceivedSpan] === value),
    );
    if (!found) throw new Error(`no such span: ${JSON.stringify(wanted)}`);
    return found;
  }
});

function newTraceId(): string {
  return randomUUID().replaceAll('-', '');
}
