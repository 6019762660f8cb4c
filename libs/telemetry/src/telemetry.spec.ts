import { ConfigHandle } from '@app/config';
import { RequestContext } from '@app/context';
import { Injectable, Logger } from '@nestjs/common';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../../../test/support/network/free-port.js';
import { TraceReceiver } from '../../../test/support/servers/trace-receiver.js';
import { Metrics } from './metrics.js';
import { openTelemetry, type Telemetry } from './telemetry.js';
import { telemetryConfig } from './telemetry.config.js';

const build = { app: 'worker', version: '1.2.3', commit: 'abc' };

describe('the telemetry of an app', () => {
  let telemetry: Telemetry | undefined;

  beforeAll(() => Logger.overrideLogger(false));

  afterEach(() => telemetry?.close());

  async function open(traces: object): Promise<Metrics> {
    telemetry = await openTelemetry(new ConfigHandle(telemetryConfig.schema.parse({ traces })), build);
    const metrics = new Metrics(telemetry.spans);
    telemetry.countIn(metrics);
    return metrics;
  }

  function record(): string {
    const context = new RequestContext({ entry: 'http', operation: '/orders' });
    telemetry?.spans.open(context, 'GET /orders').end();
    return context.trace.traceId;
  }

  it('records nothing and instruments nothing by default', async () => {
    const metrics = await open({});
    expect([telemetry?.spans.enabled, telemetry?.instanceDecorator]).toEqual([false, undefined]);
    expect((await metrics.expose()).body).not.toContain('telemetry_spans_total');
  });

  it.each(['otlp', 'zipkin'] as const)(
    'exports spans as %s, the last ones when it is closed',
    async (exporter) => {
      const receiver = await TraceReceiver.start();
      await open({ enabled: true, exporter, endpoint: receiver[exporter] });
      const traceId = record();
      await telemetry?.close();
      expect(receiver.trace(traceId)).toMatchObject([{ service: 'worker', name: 'GET /orders' }]);
      await receiver.stop();
    },
  );

  it('counts the spans that an unavailable receiver has missed, and does not delay the shutdown', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}/v1/traces`;
    const metrics = await open({ enabled: true, endpoint });
    record();
    const started = performance.now();
    await telemetry?.close();
    expect(performance.now() - started).toBeLessThan(5_000);
    expect((await metrics.expose()).body).toContain('telemetry_spans_total{outcome="lost"} 1');
  }, 10_000);

  it('does not instrument providers, unless providerSpans is on', async () => {
    @Injectable()
    class Orders {}
    const orders = new Orders();
    await open({ enabled: true });
    expect(telemetry?.instanceDecorator?.(orders)).toBe(orders);
    await telemetry?.close();
    await open({ enabled: true, providerSpans: true });
    expect(telemetry?.instanceDecorator?.(orders)).not.toBe(orders);
  });

  it.each(['true', 'TRUE'])('records nothing where OTEL_SDK_DISABLED is %s', async (value) => {
    process.env['OTEL_SDK_DISABLED'] = value;
    try {
      await open({ enabled: true });
      expect(telemetry?.spans.enabled).toBe(false);
    } finally {
      delete process.env['OTEL_SDK_DISABLED'];
    }
  });

  it('uses the receiver and the name of OpenTelemetry’s own variables', async () => {
    const receiver = await TraceReceiver.start();
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = new URL('/', receiver.otlp).href;
    process.env['OTEL_EXPORTER_OTLP_PROTOCOL'] = 'http/json';
    process.env['OTEL_SERVICE_NAME'] = 'edge';
    try {
      await open({ enabled: true });
      const traceId = record();
      await telemetry?.close();
      expect(receiver.trace(traceId)).toMatchObject([{ service: 'edge' }]);
      expect([...receiver.encodings]).toEqual(['application/json']);
    } finally {
      for (const name of ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_SERVICE_NAME'])
        delete process.env[name];
      await receiver.stop();
    }
  });

  it('reports the spans that a receiver has missed to its observers', async () => {
    const port = await freePort();
    await open({ enabled: true, endpoint: `http://127.0.0.1:${port}/v1/traces` });
    const outcomes: string[] = [];
    telemetry?.observe({ exported: () => outcomes.push('exported'), lost: () => outcomes.push('lost') });
    record();
    await telemetry?.flush();
    expect(outcomes).toEqual(['lost']);
  }, 10_000);
});
