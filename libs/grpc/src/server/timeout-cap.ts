import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { MAX_TIMER_MS } from '@app/context';
import type { Server } from '@grpc/grpc-js';

const HEADER = 'grpc-timeout';
const FORM = /^(\d{1,8})([HMSmun])$/;
const UNITS_MS = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 0.001, n: 0.000_001 } as const;
const MAX_TIMEOUT = `${MAX_TIMER_MS / UNITS_MS.H}H`;

type StreamListener = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;
interface Http2Server {
  prependListener(event: 'stream', listener: StreamListener): unknown;
}

/**
 * Limits the deadline of a call to 24 days before grpc-js reads it. grpc-js stores it as a 32-bit number of
 * milliseconds: 30 days would already have passed, and 50 days would be 7 hours.
 *
 * @param server must be bound
 */
export function capTimeouts(server: Server): void {
  // grpc-js has no hook before this; `deadlines.int-spec.ts` fails when this field changes.
  const http2Servers = Reflect.get(server, 'http2Servers') as Map<Http2Server, unknown>;
  for (const http2 of http2Servers.keys())
    http2.prependListener('stream', (_stream, headers) => {
      const timeout = headers[HEADER];
      if (timeout !== undefined) headers[HEADER] = cappedTimeout(String(timeout));
    });
}

/**
 * The value of `grpc-timeout`, limited to 24 days.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests
 */
export function cappedTimeout(value: string): string {
  const [, amount, unit] = FORM.exec(value) ?? [];
  if (amount === undefined) return value;
  return Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS] > MAX_TIMER_MS ? MAX_TIMEOUT : value;
}
