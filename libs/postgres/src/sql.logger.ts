import { Logger } from '@nestjs/common';
import type { Logger as TypeOrmLogger } from 'typeorm';

const ignore = () => undefined;

/**
 * Passes TypeORM's messages to our log. Failed statements are thrown, slow ones are observed, and the pool reports
 * lost connections.
 */
export class SqlLogger implements TypeOrmLogger {
  readonly logQuery = ignore;
  readonly logQueryError = ignore;
  readonly logSchemaBuild = ignore;
  readonly logMigration = ignore;
  readonly logQuerySlow = ignore;
  private readonly logger = new Logger('Postgres');

  log(level: 'log' | 'info' | 'warn', message: unknown): void {
    if (level === 'warn') this.logger.warn(String(message));
    else this.logger.debug(String(message));
  }
}
