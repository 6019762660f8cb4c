import { type ConfigOf, defineConfig, url } from '@app/config';
import { z } from 'zod';

export const telemetryConfig = defineConfig('telemetry', {
  schema: z.object({
    traces: z
      .object({
        /** The SDK is loaded only when it is. */
        enabled: z.boolean().default(false),
        exporter: z.enum(['otlp', 'zipkin']).default('otlp'),
        /** How OTLP goes over the wire; the names are those of `OTEL_EXPORTER_OTLP_PROTOCOL`. */
        protocol: z.enum(['http/protobuf', 'http/json', 'grpc']).default('http/protobuf'),
        /** The whole address, path included; where it is not given, what the exporter expects on this machine. */
        endpoint: url({ protocols: ['http', 'https'] }).optional(),
        /** Whether calls from one provider to another have spans, beside those of the doors and drivers. */
        providerSpans: z.boolean().default(true),
      })
      .prefault({}),
    /** Share of the traces that begin here and are recorded, 0 to 1; what comes from elsewhere is decided there. */
    sampleRatio: z.number().min(0).max(1).default(1),
  }),
  reloadable: ['sampleRatio'],
});

export type TelemetryConfig = ConfigOf<typeof telemetryConfig>;
