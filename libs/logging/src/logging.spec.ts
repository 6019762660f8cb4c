import { RequestContext } from '@app/context';
import { AppError, type ErrorLogLevel, InternalError, Status, UpstreamUnavailableError } from '@app/errors';
import { Logger } from '@nestjs/common';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { logError } from './log-error.js';
import { loggingConfig } from './logging.config.js';
import { nestLogger } from './nest-logger.js';
import { createRootLogger, type RootLogger } from './root-logger.js';

describe('the log of an app', () => {
  const log = new Logger('Orders');
  const lines: Record<string, unknown>[] = [];
  let root: RootLogger;

  // As bootstrap does it, but for the output: lines end up in a list.
  beforeAll(async () => {
    root = await createRootLogger('worker', loggingConfig.schema.parse({}));
    const write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>);
    Object.assign(root.pino, { [pino.symbols.streamSym]: { write } });
    Logger.overrideLogger(nestLogger(root));
  });

  beforeEach(() => {
    lines.length = 0;
    root.pino.level = 'trace';
  });

  describe('a line of the log', () => {
    it('says which app, which process, how loud and when', () => {
      log.log({ orders: 2 }, 'placed');
      expect(lines[0]).toMatchObject({
        app: 'worker',
        pid: process.pid,
        level: 'info',
        orders: 2,
        msg: 'placed',
      });
      expect(new Date(String(lines[0]?.['time'])).toISOString()).toBe(lines[0]?.['time']);
    });

    it.each([
      ['http', 'route'],
      ['grpc', 'rpc'],
      ['amqp', 'queue'],
      ['cron', 'job'],
    ] as const)(
      'tells of work from %s its request, its trace and its %s, and nothing outside',
      (door, field) => {
        const context = new RequestContext({ door, operation: 'orders', requestId: 'abc' });
        context.principal = { id: 'user-1', roles: [] };
        context.run(() => log.log('inside'));
        log.log('outside');
        const fields = {
          request_id: 'abc',
          trace_id: context.trace.traceId,
          [field]: 'orders',
          principal: 'user-1',
        };
        expect(lines[0]).toMatchObject(fields);
        expect(Object.keys(lines[1] ?? {})).not.toEqual(expect.arrayContaining(Object.keys(fields)));
      },
    );

    it('is not written below the level', () => {
      root.pino.level = 'warn';
      log.log('quiet');
      log.warn('loud');
      expect(lines.map(({ msg }) => msg)).toEqual(['loud']);
    });

    it('masks passwords, tokens and credentials of headers', () => {
      log.log(
        {
          user: { password: 'hunter2', token: 'hunter2' },
          headers: { authorization: 'hunter2', cookie: 'hunter2' },
        },
        'in',
      );
      expect(JSON.stringify(lines)).not.toContain('hunter2');
      expect(lines[0]).toMatchObject({ user: { password: '********' } });
    });
  });

  describe('an error in the log', () => {
    it('comes with its reason, its stack and what lies behind it', () => {
      logError(log, InternalError.because(new Error('disk full')));
      const { err, reason, level } = lines[0] as {
        err: Record<string, unknown>;
        reason: string;
        level: string;
      };
      expect({ reason, level }).toEqual({ reason: 'INTERNAL', level: 'error' });
      expect(err).toMatchObject({ reason: 'INTERNAL', status: 500, cause: { message: 'disk full' } });
      expect(err['stack']).toContain('logging.spec');
    });

    it.each([
      ['debug', 'debug'],
      ['info', 'info'],
      ['warn', 'warn'],
      ['error', 'error'],
      ['fatal', 'fatal'],
      ['silent', undefined],
    ] as const)('is as loud as it says it is: %s', (logLevel: ErrorLogLevel, level) => {
      logError(
        log,
        new AppError({ reason: 'SAMPLE', status: Status.INTERNAL, message: 'A sample.', logLevel }),
      );
      expect(lines.map((line) => line['level'])).toEqual(level === undefined ? [] : [level]);
    });

    it('is a warning when a dependency is away: the next line may already be better news', () => {
      logError(log, UpstreamUnavailableError.of('redis'));
      expect(lines[0]).toMatchObject({ level: 'warn', reason: 'UPSTREAM_UNAVAILABLE' });
    });
  });
});
