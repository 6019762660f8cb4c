import type { AppError } from '@app/errors';
import type { Spans } from '@app/telemetry';
import type { Logger } from '@nestjs/common';

/** What every call of a server shares. */
export interface ServerEnvironment {
  readonly spans: Spans;
  readonly logger: Logger;
  /** Bytes. */
  readonly maxMessageSize: number;
  logAccess(method: string, code: number, durationMs: number, error: AppError | undefined): void;
}
