import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';
import { ReservedLabelError } from './telemetry.errors.js';

describe('the metrics of an app', () => {
  it('are exported in the text format of Prometheus', async () => {
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

  it('belong to one app, so that two apps may run in one process', async () => {
    const [one, two] = [new Metrics(), new Metrics()];
    one.gauge({ name: 'depth', help: 'Depth.' }).set(1);
    two.gauge({ name: 'depth', help: 'Depth.' }).set(2);
    expect((await one.expose()).body).toContain('depth 1');
    expect((await two.expose()).body).toContain('depth 2');
  });

  it('reject a name that is taken, where the metric is created', () => {
    const metrics = new Metrics();
    metrics.gauge({ name: 'depth', help: 'Depth.' });
    expect(() => metrics.gauge({ name: 'depth', help: 'Another.' })).toThrow('already been registered');
  });

  it('export every combination of known label values with 0 from the start', async () => {
    const metrics = new Metrics();
    metrics.counter({
      name: 'runs_total',
      help: 'Runs.',
      labelNames: ['task', 'outcome'],
      values: { task: ['a', 'b'], outcome: ['done', 'failed'] },
    });
    expect((await metrics.expose()).body.match(/^runs_total.*/gm)).toEqual([
      'runs_total{task="a",outcome="done"} 0',
      'runs_total{task="a",outcome="failed"} 0',
      'runs_total{task="b",outcome="done"} 0',
      'runs_total{task="b",outcome="failed"} 0',
    ]);
  });

  it.each([
    'job',
    'instance',
    'namespace',
    'pod',
    'container',
    'service',
    'endpoint',
    'node',
    'le',
    'quantile',
  ])('reject the label %s, which Prometheus sets itself', (label) => {
    const metrics = new Metrics();
    const options = { name: 'runs_total', help: 'Runs.', labelNames: ['outcome', label] };
    expect(() => metrics.counter(options)).toThrow(ReservedLabelError);
    expect(() => metrics.gauge(options)).toThrow(ReservedLabelError);
    expect(() => metrics.histogram(options)).toThrow(ReservedLabelError);
  });

  it('describe the process and its build', async () => {
    const metrics = new Metrics();
    metrics.collectProcess({ app: 'worker', version: '1.2.3', commit: 'abc' });
    const { body } = await metrics.expose();
    expect(body).toContain('process_resident_memory_bytes');
    expect(body).toContain(
      `build_info{app="worker",version="1.2.3",commit="abc",node_version="${process.version}"} 1`,
    );
  });
});
