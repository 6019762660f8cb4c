import type { ConfigHandle } from '@app/config';
import type { Build, Metrics } from './metrics.js';
import { providerSpans } from './provider-spans.js';
import { NoSpans, type Spans } from './spans.js';
import type { ExportObserver } from './tracing/watched.exporter.js';
import { tracedMethods } from './traced.decorator.js';
import type { TelemetryConfig } from './telemetry.config.js';

/** The telemetry of an app, from before its modules are created until after they are destroyed. */
export interface Telemetry {
  readonly spans: Spans;
  /** For Nest's `instrument` option. @default nothing is instrumented */
  readonly instanceDecorator?: (instance: unknown) => unknown;
  /** Counts exported and lost spans in these metrics. */
  countIn(metrics: Metrics): void;
  /** Reports exported and lost spans to this observer as well. */
  observe(observer: ExportObserver): void;
  /** Sends the spans that are still in memory to the receiver; takes at most some seconds. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

const OFF: Telemetry = {
  spans: new NoSpans(),
  countIn: () => undefined,
  observe: () => undefined,
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** Whether `OTEL_SDK_DISABLED` is `true`. OpenTelemetry's specification treats every other value as false. */
function isDisabled(): boolean {
  return process.env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true';
}

function instanceDecorator(spans: Spans, { providerSpans: all }: TelemetryConfig['traces']) {
  const traced = tracedMethods(spans);
  const surround = providerSpans(spans);
  return (instance: unknown) => (all ? surround(traced(instance)) : traced(instance));
}

/**
 * Starts the telemetry that the section `telemetry` configures. OpenTelemetry's SDK is loaded here, and only when
 * traces are on.
 */
export async function openTelemetry(config: ConfigHandle<TelemetryConfig>, build: Build): Promise<Telemetry> {
  const { traces } = config.current;
  if (!traces.enabled || isDisabled()) return OFF;
  const { Tracing } = await import('./tracing/tracing.js');
  const observers: ExportObserver[] = [];
  const tracing = await Tracing.open(config, build, {
    exported: (spans) => observers.forEach((observer) => observer.exported(spans)),
    lost: (spans, error) => observers.forEach((observer) => observer.lost(spans, error)),
  });
  return {
    spans: tracing.spans,
    instanceDecorator: instanceDecorator(tracing.spans, traces),
    countIn: (metrics) => {
      const counter = metrics.counter({
        name: 'telemetry_spans_total',
        help: 'Spans handed to the receiver of traces, by whether it took them.',
        labelNames: ['outcome'],
        values: { outcome: ['exported', 'lost'] },
      });
      observers.push({
        exported: (spans) => counter.inc({ outcome: 'exported' }, spans),
        lost: (spans) => counter.inc({ outcome: 'lost' }, spans),
      });
    },
    observe: (observer) => void observers.push(observer),
    flush: () => tracing.flush(),
    close: () => tracing.close(),
  };
}
