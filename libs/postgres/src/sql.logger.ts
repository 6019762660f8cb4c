import { Logger } from '@nestjs/common';
import type { Logger as TypeOrmLogger } from 'typeorm';

const ignore = () => undefined;

/** TypeORM's log in ours: lost connections. Failed statements are thrown and slow ones are observed, not logged here. */
export class SqlLogger implements TypeOrmLogger {
  readonly logQuery = ignore;
  readonly logQueryError = ignore;
  readonly logSchemaBuild = ignore;
  readonly logMigration = ignore;
  readonly logQuerySlow = ignore;
  private readonly logger = new Logger('Postgres');

  /** The pool drops the connection and opens another when one is needed. */
  idleConnectionLost(error: Error): void {
    this.logger.warn({ err: error }, 'an idle connection was lost');
  }

  log(level: 'log' | 'info' | 'warn', message: unknown): void {
    if (level === 'warn') this.logger.warn(String(message));
    else this.logger.debug(String(message));
  }
}
