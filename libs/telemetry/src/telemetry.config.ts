import { type ConfigOf, defineConfig, url } from '@app/config';
import { z } from 'zod';

export const OTLP_PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const;
export type OtlpProtocol = (typeof OTLP_PROTOCOLS)[number];

export const telemetryConfig = defineConfig('telemetry', {
  schema: z.object({
    traces: z
      .object({
        /** The SDK is loaded only when this is true. */
        enabled: z.boolean().default(false),
        exporter: z.enum(['otlp', 'zipkin']).default('otlp'),
        /** The protocol of OTLP. Absent: `OTEL_EXPORTER_OTLP_PROTOCOL`, then `http/protobuf`. */
        protocol: z.enum(OTLP_PROTOCOLS).optional(),
        /**
         * The URL of the receiver; without a path, the standard path of its protocol is added. Absent:
         * `OTEL_EXPORTER_OTLP_ENDPOINT`, then this machine.
         */
        endpoint: url({ protocols: ['http', 'https'] }).optional(),
        /**
         * Whether every call from one provider to another has a span, in addition to those of the entry points, the
         * drivers and `@Traced` methods. Use it to find lost time; most of these spans show nothing.
         */
        providerSpans: z.boolean().default(false),
      })
      .prefault({}),
    /**
     * Share of the traces that begin here and are recorded, 0 to 1. For a trace from another process, that process
     * decides.
     */
    sampleRatio: z.number().min(0).max(1).default(1),
  }),
  reloadable: ['sampleRatio'],
});

export type TelemetryConfig = ConfigOf<typeof telemetryConfig>;
