import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';

describe('the metrics of an app', () => {
  it('come in the text format of Prometheus', async () => {
    const metrics = new Metrics();
    metrics
      .counter({ name: 'orders_total', help: 'Orders.', labelNames: ['outcome'] })
      .labels('placed')
      .inc(2);
    const { contentType, body } = await metrics.expose();
    expect(contentType).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(body).toContain('# TYPE orders_total counter\norders_total{outcome="placed"} 2');
  });

  it('measure latency in seconds, unless buckets say otherwise', async () => {
    const metrics = new Metrics();
    metrics.histogram({ name: 'latency_seconds', help: 'Latency.' }).observe(0.003);
    metrics.histogram({ name: 'batch_size', help: 'Size.', buckets: [1, 8] }).observe(2);
    const { body } = await metrics.expose();
    expect(body).toContain('latency_seconds_bucket{le="0.001"} 0');
    expect(body).toContain('latency_seconds_bucket{le="0.005"} 1');
    expect(body).toContain('batch_size_bucket{le="8"} 1');
  });

  it('are those of one app alone, so that two may live in one process', async () => {
    const [one, two] = [new Metrics(), new Metrics()];
    one.gauge({ name: 'depth', help: 'Depth.' }).set(1);
    two.gauge({ name: 'depth', help: 'Depth.' }).set(2);
    expect((await one.expose()).body).toContain('depth 1');
    expect((await two.expose()).body).toContain('depth 2');
  });

  it('refuse a name that is taken, where it is made', () => {
    const metrics = new Metrics();
    metrics.gauge({ name: 'depth', help: 'Depth.' });
    expect(() => metrics.gauge({ name: 'depth', help: 'Another.' })).toThrow('already been registered');
  });

  it('tell of the process and of what is built into it', async () => {
    const metrics = new Metrics();
    metrics.collectProcess({ app: 'worker', version: '1.2.3', commit: 'abc' });
    const { body } = await metrics.expose();
    expect(body).toContain('process_resident_memory_bytes');
    expect(body).toContain(
      `build_info{app="worker",version="1.2.3",commit="abc",node="${process.version}"} 1`,
    );
  });
});
