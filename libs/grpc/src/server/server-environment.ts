import type { AppError } from '@app/errors';
import type { AccessClient } from '@app/logging';
import type { Spans } from '@app/telemetry';
import type { Logger } from '@nestjs/common';

/** The values of an access line. */
export interface EndedCall {
  readonly method: string;
  readonly code: number;
  readonly durationMs: number;
  readonly error: AppError | undefined;
  readonly client: AccessClient;
  /** The size of the messages, without headers. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** What all calls of a server share. */
export interface ServerEnvironment {
  readonly spans: Spans;
  readonly logger: Logger;
  /** Bytes. */
  readonly maxMessageSize: number;
  logAccess(call: EndedCall): void;
}
