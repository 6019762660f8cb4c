import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';

const COUNTER = { name: 'orders_total', help: 'Orders.', labelNames: ['kind', 'outcome'] } as const;
const HISTOGRAM = {
  name: 'latency_seconds',
  help: 'Latency.',
  labelNames: ['route'],
  buckets: [0.1, 1],
} as const;

const counterOf = (metrics: Metrics) => metrics.counter({ ...COUNTER, labelNames: [...COUNTER.labelNames] });
const histogramOf = (metrics: Metrics) =>
  metrics.histogram({ ...HISTOGRAM, labelNames: [...HISTOGRAM.labelNames], buckets: [...HISTOGRAM.buckets] });

describe('a child of a counter', () => {
  it('counts into the sample of its labels, passed in either form, together with the counter itself', async () => {
    const metrics = new Metrics();
    const counter = counterOf(metrics);
    const [one, other] = [
      counter.labels('book', 'placed'),
      counter.labels({ outcome: 'placed', kind: 'book' }),
    ];
    for (const child of [one, other, one]) child.inc();
    one.inc(2);
    counter.inc({ kind: 'book', outcome: 'placed' }, 10);
    one.inc();
    counter.labels('book', 'refused').inc();
    const { body } = await metrics.expose();
    expect(body).toContain('orders_total{kind="book",outcome="placed"} 16');
    expect(body).toContain('orders_total{kind="book",outcome="refused"} 1');
  });

  it('is exported with 0 before the first count, and counts again after a reset', async () => {
    const metrics = new Metrics();
    const counter = counterOf(metrics);
    const child = counter.labels('book', 'placed');
    expect((await metrics.expose()).body).toContain('orders_total{kind="book",outcome="placed"} 0');
    child.inc(5);
    counter.reset();
    child.inc();
    child.inc();
    expect((await metrics.expose()).body).toContain('orders_total{kind="book",outcome="placed"} 2');
  });

  it('rejects a decrease, and a value that is not a number', () => {
    const child = counterOf(new Metrics()).labels('book', 'placed');
    child.inc();
    expect(() => child.inc(-1)).toThrow('not possible to decrease');
    expect(() => child.inc(Infinity)).toThrow('not a valid number');
  });

  it('rejects a label that the counter does not have', () => {
    const labels = { kind: 'book', colour: 'red' } as Record<string, string>;
    expect(() => counterOf(new Metrics()).labels(labels).inc()).toThrow('colour');
  });
});

describe('a child of a histogram', () => {
  it('observes into the right bucket of the sample of its labels', async () => {
    const metrics = new Metrics();
    const histogram = histogramOf(metrics);
    const child = histogram.labels('/orders');
    for (const value of [0.05, 0.1, 0.5, 7]) child.observe(value);
    histogram.labels({ route: '/orders' }).observe(0.5);
    histogram.observe({ route: '/books' }, 1);
    const { body } = await metrics.expose();
    expect(body.match(/latency_seconds\S+ \S+/g)).toEqual([
      'latency_seconds_bucket{le="0.1",route="/orders"} 2',
      'latency_seconds_bucket{le="1",route="/orders"} 4',
      'latency_seconds_bucket{le="+Inf",route="/orders"} 5',
      'latency_seconds_sum{route="/orders"} 8.15',
      'latency_seconds_count{route="/orders"} 5',
      'latency_seconds_bucket{le="0.1",route="/books"} 0',
      'latency_seconds_bucket{le="1",route="/books"} 1',
      'latency_seconds_bucket{le="+Inf",route="/books"} 1',
      'latency_seconds_sum{route="/books"} 1',
      'latency_seconds_count{route="/books"} 1',
    ]);
  });

  it('observes again after a reset or a removal, and rejects a value that is not a number', async () => {
    const metrics = new Metrics();
    const histogram = histogramOf(metrics);
    const child = histogram.labels('/orders');
    child.observe(1);
    histogram.reset();
    child.observe(1);
    histogram.remove('/orders');
    child.observe(1);
    child.observe(1);
    expect((await metrics.expose()).body).toContain('latency_seconds_count{route="/orders"} 2');
    expect(() => child.observe(Number.NaN)).toThrow('not a valid number');
  });
});
