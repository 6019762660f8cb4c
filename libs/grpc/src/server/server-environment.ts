import type { AppError } from '@app/errors';
import type { AccessClient } from '@app/logging';
import type { Spans } from '@app/telemetry';
import type { Logger } from '@nestjs/common';

/** What the access log says of a call. */
export interface EndedCall {
  readonly method: string;
  readonly code: number;
  readonly durationMs: number;
  readonly error: AppError | undefined;
  readonly client: AccessClient;
  /** Of its messages. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** What every call of a server shares. */
export interface ServerEnvironment {
  readonly spans: Spans;
  readonly logger: Logger;
  /** Bytes. */
  readonly maxMessageSize: number;
  logAccess(call: EndedCall): void;
}
