import { join } from 'node:path';
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { OtlpBody, OtlpSpan } from './otlp.spans.js';

type Bytes = Uint8Array;
type RawSpan = Omit<OtlpSpan, 'traceId' | 'spanId' | 'parentSpanId' | 'links'> & {
  traceId: Bytes;
  spanId: Bytes;
  parentSpanId?: Bytes;
  links?: { traceId: Bytes; spanId: Bytes }[];
};
type RawBody = {
  resourceSpans: { resource: OtlpBody['resourceSpans'][0]['resource']; scopeSpans: { spans: RawSpan[] }[] }[];
};

const NAME = 'opentelemetry.proto.collector.trace.v1.TraceService';
const definitions = loadSync(join(import.meta.dirname, 'trace_service.proto'), { longs: String });

/** The service that OTLP over gRPC calls. */
export const otlpService = definitions[NAME] as ServiceDefinition;

/** Converts a protobuf request to the form of the JSON encoding, with ids in hexadecimal. */
export function fromProtobuf(bytes: Buffer): OtlpBody {
  const { requestDeserialize } = otlpService['Export'] as MethodDefinition<RawBody, object>;
  return withHexadecimalIds(requestDeserialize(bytes));
}

export function withHexadecimalIds({ resourceSpans }: RawBody): OtlpBody {
  return {
    resourceSpans: resourceSpans.map(({ resource, scopeSpans }) => ({
      resource,
      scopeSpans: scopeSpans.map(({ spans }) => ({ spans: spans.map(spanOf) })),
    })),
  };
}

function spanOf(span: RawSpan): OtlpSpan {
  const links = (span.links ?? []).map(({ traceId, spanId }) => ({
    traceId: hex(traceId),
    spanId: hex(spanId),
  }));
  const ids = { traceId: hex(span.traceId), spanId: hex(span.spanId), parentSpanId: hex(span.parentSpanId) };
  return { ...span, ...ids, links };
}

function hex(bytes: Bytes = new Uint8Array()): string {
  return Buffer.from(bytes).toString('hex');
}
