import { ConfigHandle } from '@app/config';
import { RequestContext } from '@app/context';
import { Logger } from '@nestjs/common';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../../../test/support/free-port.js';
import { TraceReceiver } from '../../../test/support/trace-receiver.js';
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
    const context = new RequestContext({ door: 'http', operation: '/orders' });
    telemetry?.spans.open(context, 'GET /orders').end();
    return context.trace.traceId;
  }

  it('records nothing and instruments nothing unless it is told to', async () => {
    const metrics = await open({});
    expect([telemetry?.spans.enabled, telemetry?.instanceDecorator]).toEqual([false, undefined]);
    expect((await metrics.expose()).body).not.toContain('telemetry_spans_total');
  });

  it.each(['otlp', 'zipkin'] as const)(
    'hands spans over as %s, the last ones when it is closed',
    async (exporter) => {
      const receiver = await TraceReceiver.start();
      await open({ enabled: true, exporter, endpoint: receiver[exporter] });
      const traceId = record();
      await telemetry?.close();
      expect(receiver.trace(traceId)).toMatchObject([{ service: 'worker', name: 'GET /orders' }]);
      await receiver.stop();
    },
  );

  it('counts what a receiver that is away has missed, and does not hold up the stop', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}/v1/traces`;
    const metrics = await open({ enabled: true, endpoint });
    record();
    const started = performance.now();
    await telemetry?.close();
    expect(performance.now() - started).toBeLessThan(5_000);
    expect((await metrics.expose()).body).toContain('telemetry_spans_total{outcome="lost"} 1');
  }, 10_000);

  it('leaves providers as they are where their spans are not wanted', async () => {
    await open({ enabled: true, providerSpans: false });
    expect(telemetry?.instanceDecorator).toBeUndefined();
  });
});
