import { ConfigHandle } from '@app/config';
import { RequestContext } from '@app/context';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ScratchPostgres } from '../../../test/support/servers/scratch-postgres.js';
import { type PostgresConfig, postgresConfig, PostgresModule, TransactionHost } from './index.js';
import { SlowQueryLog } from './slow-query.log.js';

describe('a slow statement', () => {
  let scratch: ScratchPostgres;

  beforeEach(async () => {
    scratch = await ScratchPostgres.create();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await scratch.drop();
  });

  it('is logged with the route that sent it, without its parameters', async () => {
    const app = await scratch.start({ imports: [PostgresModule.forRoot()], postgres: { slowQuery: 400 } });
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const host = app.get(TransactionHost);
    const context = new RequestContext({ entry: 'http', operation: 'GET /orders/:id' });
    await context.run(() => host.query('SELECT pg_sleep(0.5),\n  $1::text', ['secret']));
    const lines = warn.mock.calls.filter(([fields]) => JSON.stringify(fields).includes('pg_sleep'));
    expect(lines).toEqual([
      [
        {
          duration_ms: expect.any(Number),
          sql: 'SELECT pg_sleep(0.5), $1::text',
          entry: 'http',
          operation: 'GET /orders/:id',
        },
        'slow statement',
      ],
    ]);
    expect(JSON.stringify(warn.mock.calls)).not.toMatch(/secret/);
  });

  it('is one that takes longer than `slow_query`, also after a reload', () => {
    const config = new ConfigHandle({ slowQuery: 50 } as PostgresConfig);
    const log = new SlowQueryLog(config);
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    log.note('SELECT 1', 49);
    expect(warn).not.toHaveBeenCalled();
    log.note('SELECT 2', 51);
    expect(warn).toHaveBeenCalledWith({ duration_ms: 51, sql: 'SELECT 2' }, 'slow statement');
    expect(postgresConfig.reloadable).toContain('slowQuery');
    config.replace({ slowQuery: 40 } as PostgresConfig);
    log.note('SELECT 3', 41);
    expect(warn).toHaveBeenLastCalledWith({ duration_ms: 41, sql: 'SELECT 3' }, 'slow statement');
  });
});
