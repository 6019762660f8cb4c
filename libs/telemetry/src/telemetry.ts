import type { ConfigHandle } from '@app/config';
import type { Build, Metrics } from './metrics.js';
import { providerSpans } from './provider-spans.js';
import { NoSpans, type Spans } from './spans.js';
import type { TelemetryConfig } from './telemetry.config.js';

/** What an app is observed with, from before its modules exist until after they are gone. */
export interface Telemetry {
  readonly spans: Spans;
  /** For Nest's `instrument` option. @default nothing is instrumented */
  readonly instanceDecorator?: (instance: unknown) => unknown;
  /** Counts in these what becomes of spans, once there are metrics. */
  countIn(metrics: Metrics): void;
  /** Brings to the receiver what is still held in memory; at most some seconds. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

const OFF: Telemetry = {
  spans: new NoSpans(),
  countIn: () => undefined,
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** Opens what `telemetry` asks for. OpenTelemetry's SDK is loaded here, and only when traces are on. */
export async function openTelemetry(config: ConfigHandle<TelemetryConfig>, build: Build): Promise<Telemetry> {
  const { traces } = config.current;
  if (!traces.enabled) return OFF;
  const { Tracing } = await import('./tracing/tracing.js');
  let count: (outcome: 'exported' | 'lost', spans: number) => void = () => undefined;
  const tracing = await Tracing.open(config, build, (outcome, spans) => count(outcome, spans));
  return {
    spans: tracing.spans,
    ...(traces.providerSpans && { instanceDecorator: providerSpans(tracing.spans) }),
    countIn: (metrics) => {
      const counter = metrics.counter({
        name: 'telemetry_spans_total',
        help: 'Spans handed to the receiver of traces, by whether it took them.',
        labelNames: ['outcome'],
        values: { outcome: ['exported', 'lost'] },
      });
      count = (outcome, spans) => counter.inc({ outcome }, spans);
    },
    flush: () => tracing.flush(),
    close: () => tracing.close(),
  };
}
