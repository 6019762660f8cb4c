import { type ConfigHandle, InjectConfig } from '@app/config';
import { RequestContext } from '@app/context';
import { Injectable, Logger } from '@nestjs/common';
import { type PostgresConfig, postgresConfig } from './postgres.config.js';

/** Maximum length of the statement in a log line, in characters. */
const MAX_TEXT = 2_000;

/**
 * Logs statements that take longer than `postgres.slow_query`, successful or not, with the operation that sent
 * them.
 */
@Injectable()
export class SlowQueryLog {
  private readonly logger = new Logger('Postgres');

  constructor(@InjectConfig(postgresConfig) private readonly config: ConfigHandle<PostgresConfig>) {}

  /** The text never contains values: they are parameters. */
  note(sql: string, durationMs: number): void {
    if (durationMs < this.config.current.slowQuery) return;
    const context = RequestContext.current();
    const fields = {
      duration_ms: Math.round(durationMs),
      sql: sql.replace(/\s+/g, ' ').trim().slice(0, MAX_TEXT),
      ...(context && { entry: context.entry, operation: context.operation }),
    };
    this.logger.warn(fields, 'slow statement');
  }
}
