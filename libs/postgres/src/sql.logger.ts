import { Logger } from '@nestjs/common';
import type { Logger as TypeOrmLogger } from 'typeorm';

const ignore = () => undefined;

/** TypeORM's log in ours: slow statements and lost connections. Failed statements are thrown, not logged here. */
export class SqlLogger implements TypeOrmLogger {
  readonly logQuery = ignore;
  readonly logQueryError = ignore;
  readonly logSchemaBuild = ignore;
  readonly logMigration = ignore;
  private readonly logger = new Logger('Postgres');

  logQuerySlow(milliseconds: number, sql: string): void {
    this.logger.warn({ duration_ms: milliseconds, sql }, 'slow statement');
  }

  /** The pool drops the connection and opens another when one is needed. */
  idleConnectionLost(error: Error): void {
    this.logger.warn({ err: error }, 'an idle connection was lost');
  }

  log(level: 'log' | 'info' | 'warn', message: unknown): void {
    if (level === 'warn') this.logger.warn(String(message));
    else this.logger.debug(String(message));
  }
}
