import { type ConfigOf, defineConfig, url } from '@app/config';
import { z } from 'zod';

export const OTLP_PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const;
export type OtlpProtocol = (typeof OTLP_PROTOCOLS)[number];

export const telemetryConfig = defineConfig('telemetry', {
  schema: z.object({
    traces: z
      .object({
        /** The SDK is loaded only when it is. */
        enabled: z.boolean().default(false),
        exporter: z.enum(['otlp', 'zipkin']).default('otlp'),
        /** How OTLP goes over the wire; else as `OTEL_EXPORTER_OTLP_PROTOCOL` says, and then `http/protobuf`. */
        protocol: z.enum(OTLP_PROTOCOLS).optional(),
        /**
         * Where the receiver is; without a path, at that of its protocol. Else as `OTEL_EXPORTER_OTLP_ENDPOINT` says, and
         * then on this machine.
         */
        endpoint: url({ protocols: ['http', 'https'] }).optional(),
        /**
         * Whether every call from one provider to another has a span, beside those of the entry points, the drivers and
         * `@Traced` methods: to look for lost time, since most of them tell nothing.
         */
        providerSpans: z.boolean().default(false),
      })
      .prefault({}),
    /** Share of the traces that begin here and are recorded, 0 to 1; what comes from elsewhere is decided there. */
    sampleRatio: z.number().min(0).max(1).default(1),
  }),
  reloadable: ['sampleRatio'],
});

export type TelemetryConfig = ConfigOf<typeof telemetryConfig>;
