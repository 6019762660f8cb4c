import { RequestContext } from '@app/context';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';
import { NoSpans } from './spans.js';

const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0,text/plain;q=0.5';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

function contextOf(flags: '00' | '01'): RequestContext {
  const traceparent = `00-${TRACE}-00f067aa0ba902b7-${flags}`;
  return new RequestContext({ entry: 'http', operation: '/orders', traceparent });
}

describe('a latency histogram', () => {
  let metrics: Metrics;

  beforeEach(() => {
    metrics = new Metrics(Object.assign(new NoSpans(), { enabled: true as never }));
  });

  it('has the last recorded trace of a bucket as its exemplar', async () => {
    const child = metrics
      .histogram({ name: 'latency_seconds', help: 'Latency.', labelNames: ['route'] })
      .labels('/orders');
    contextOf('01').run(() => child.observe(0.003));
    const { body, contentType } = await metrics.expose(OPEN_METRICS);
    expect(contentType).toMatch(/^application\/openmetrics-text/);
    expect(body).toMatch(
      new RegExp(
        `latency_seconds_bucket\\{le="0.005",route="/orders"\\} 1 # \\{trace_id="${TRACE}"\\} 0.003 \\d+`,
      ),
    );
    expect(body.endsWith('# EOF\n')).toBe(true);
  });

  it.each([
    [
      'observed with labels',
      (histogram: ReturnType<typeof histogramOf>) => histogram.observe({ route: '/orders' }, 0.003),
    ],
    ['timed', (histogram: ReturnType<typeof histogramOf>) => histogram.startTimer({ route: '/orders' })()],
    [
      'timed by its child',
      (histogram: ReturnType<typeof histogramOf>) => histogram.labels({ route: '/orders' }).startTimer()(),
    ],
  ])('has exemplars also when it is %s', async (_how, observe) => {
    const histogram = histogramOf(metrics);
    contextOf('01').run(() => observe(histogram));
    expect((await metrics.expose(OPEN_METRICS)).body).toContain(`# {trace_id="${TRACE}"}`);
    expect((await metrics.expose()).body).toContain('latency_seconds_count{route="/orders"} 1');
  });

  it('has no exemplar without a recorded trace', async () => {
    const histogram = histogramOf(metrics);
    contextOf('00').run(() => histogram.observe({ route: '/orders' }, 0.003));
    histogram.observe({ route: '/orders' }, 0.003);
    expect((await metrics.expose(OPEN_METRICS)).body).not.toContain('trace_id');
  });

  it('is a plain histogram when traces are off', async () => {
    metrics = new Metrics(new NoSpans());
    const histogram = histogramOf(metrics);
    contextOf('01').run(() => histogram.observe({ route: '/orders' }, 0.003));
    expect((await metrics.expose(OPEN_METRICS)).body).not.toContain('trace_id');
  });
});

it('a counter keeps its name in the text format after an export in OpenMetrics', async () => {
  const metrics = new Metrics();
  metrics.counter({ name: 'orders_total', help: 'Orders.' }).inc();
  expect((await metrics.expose(OPEN_METRICS)).body).toContain('# TYPE orders counter\norders_total 1');
  expect((await metrics.expose()).body).toContain('# TYPE orders_total counter\norders_total 1');
});

function histogramOf(metrics: Metrics) {
  return metrics.histogram({ name: 'latency_seconds', help: 'Latency.', labelNames: ['route'] });
}
