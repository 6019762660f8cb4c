import { type ConfigHandle, InjectConfig } from '@app/config';
import { RequestContext } from '@app/context';
import { Injectable, Logger } from '@nestjs/common';
import { type PostgresConfig, postgresConfig } from './postgres.config.js';

/** How much of a statement a line tells. */
const MAX_TEXT = 2_000;

/** Tells of statements that take longer than `postgres.slow_query`, whether they succeed or not, and who asked. */
@Injectable()
export class SlowQueryLog {
  private readonly logger = new Logger('Postgres');

  constructor(@InjectConfig(postgresConfig) private readonly config: ConfigHandle<PostgresConfig>) {}

  /** Values are parameters and never part of the text. */
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
