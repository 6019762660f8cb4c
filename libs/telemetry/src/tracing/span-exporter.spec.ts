import { SpanKind } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TraceReceiver } from '../../../../test/support/servers/trace-receiver.js';
import { telemetryConfig } from '../telemetry.config.js';
import { createExporter } from './span-exporter.js';

describe('spans', () => {
  let receiver: TraceReceiver;

  beforeAll(async () => {
    receiver = await TraceReceiver.start();
  });
  afterAll(() => receiver.stop());

  const settings = (traces: object) => {
    const { protocol = 'http/protobuf', ...others } = telemetryConfig.schema.parse({ traces }).traces;
    return { ...others, protocol };
  };

  /** Exports a span with its steps, and returns the id of their trace. */
  async function exported(traces: object): Promise<string> {
    const exporter = await createExporter(settings(traces));
    const provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': 'worker' }),
      spanProcessors: [new BatchSpanProcessor({ exporter })],
    });
    const span = provider.getTracer('test').startSpan('send orders', {
      kind: SpanKind.PRODUCER,
      attributes: { 'messaging.batch': 7, 'messaging.system': 'rabbitmq', retried: true },
    });
    span.end();
    await provider.forceFlush();
    await provider.shutdown();
    return span.spanContext().traceId;
  }

  it.each([
    ['OTLP by default', () => ({ endpoint: receiver.otlp }), 'application/x-protobuf'],
    [
      'http/protobuf',
      () => ({ protocol: 'http/protobuf', endpoint: receiver.otlp }),
      'application/x-protobuf',
    ],
    ['http/json', () => ({ protocol: 'http/json', endpoint: receiver.otlp }), 'application/json'],
    ['grpc', () => ({ protocol: 'grpc', endpoint: receiver.otlpGrpc }), 'grpc'],
    [
      'OTLP at its base address',
      () => ({ endpoint: new URL('/', receiver.otlp).href }),
      'application/x-protobuf',
    ],
    [
      'Zipkin at its base address',
      () => ({ exporter: 'zipkin', endpoint: new URL('/', receiver.zipkin).href }),
      'application/json',
    ],
    ['Zipkin', () => ({ exporter: 'zipkin', endpoint: receiver.zipkin }), 'application/json'],
  ] as const)('reach a receiver of %s whole', async (_name, traces, encoding) => {
    receiver.encodings.clear();
    const [span, ...more] = receiver.trace(await exported(traces()));
    expect(more).toEqual([]);
    expect(span).toMatchObject({
      service: 'worker',
      name: 'send orders',
      kind: 'producer',
      parentId: undefined,
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    const { retried, ...tags } = span?.tags ?? {};
    expect([String(retried), String(tags['messaging.batch']), tags['messaging.system']]).toEqual([
      'true',
      '7',
      'rabbitmq',
    ]);
    expect([...receiver.encodings]).toEqual([encoding]);
  });
});
