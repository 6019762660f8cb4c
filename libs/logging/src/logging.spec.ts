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

  // As bootstrap does it, except for the output: lines are collected in a list.
  beforeAll(async () => {
    const redact = ['iban', 'order.*.note'];
    process.env['APP_VERSION'] = '1.2.3';
    root = await createRootLogger('worker', loggingConfig.schema.parse({ redact }));
    const write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>);
    Object.assign(root.pino, { [pino.symbols.streamSym]: { write } });
    Logger.overrideLogger(nestLogger(root));
  });

  beforeEach(() => {
    lines.length = 0;
    root.pino.level = 'trace';
  });

  describe('a line of the log', () => {
    it('has app, version, process, level and time', () => {
      log.log({ orders: 2 }, 'placed');
      expect(lines[0]).toMatchObject({
        app: 'worker',
        version: '1.2.3',
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
    ] as const)('has the context of work from %s, such as its %s, and has none outside', (entry, field) => {
      const context = new RequestContext({ entry, operation: 'orders', requestId: 'abc' });
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
    });

    it('is not written below the level', () => {
      root.pino.level = 'warn';
      log.log('quiet');
      log.warn('loud');
      expect(lines.map(({ msg }) => msg)).toEqual(['loud']);
    });

    it.each([
      ['a secret name at any depth', { a: { b: [{ c: { password: 'hunter2', x_api_key: 'hunter2' } }] } }],
      ['credentials of headers', { headers: { authorization: 'hunter2', cookie: 'hunter2' } }],
      ['a configured name, at any depth', { customer: { account: { iban: 'hunter2' } } }],
      ['a configured path', { order: { first: { note: 'hunter2' } } }],
      ['an address in a text', { url: 'postgres://me:hunter2@db' }],
      ['a query', { path: '/files?X-Amz-Signature=hunter2' }],
      ['a body that is a text', { body: '{"password":"hunter2"}' }],
      [
        'an instance',
        {
          login: new (class Login {
            password = 'hunter2';
          })(),
        },
      ],
      ['an error in a list', { errors: [Object.assign(new Error('x'), { parameters: ['hunter2'] })] }],
    ])('masks secrets by %s', (_by, fields) => {
      log.log(fields, 'in');
      expect(JSON.stringify(lines)).not.toContain('hunter2');
      expect(JSON.stringify(lines)).toContain('********');
    });

    it('masks secrets in its message', () => {
      log.warn('cannot reach amqp://me:hunter2@broker');
      expect(lines[0]).toMatchObject({ msg: 'cannot reach amqp://me:********@broker' });
    });

    it('is written whatever values it contains', () => {
      const circle: Record<string, unknown> = { big: 1n, nothing: undefined, when: new Date(0) };
      circle['self'] = circle;
      log.log({ circle }, 'round');
      expect(lines[0]).toMatchObject({
        circle: { self: '[circular]', when: '1970-01-01T00:00:00.000Z' },
        msg: 'round',
      });
    });
  });

  describe('an error in the log', () => {
    it('has its reason, its stack and its cause', () => {
      logError(log, InternalError.because(new Error('disk full')));
      const { err, reason, level } = lines[0] as {
        err: Record<string, unknown>;
        reason: string;
        level: string;
      };
      expect({ reason, level }).toEqual({ reason: 'INTERNAL', level: 'error' });
      expect(lines[0]?.['msg']).toBe('disk full');
      expect(String(err['stack'])).toMatch(
        /^Error: disk full\n {4}at .*\(?libs\/logging\/src\/logging\.spec\.ts:\d+:\d+/,
      );
      expect(err).toMatchObject({ reason: 'INTERNAL', status: 500, cause: { message: 'disk full' } });
      expect(err['stack']).toContain('logging.spec');
    });

    it('does not show SQL parameters and passwords of URLs, in all its causes', () => {
      const driver = Object.assign(new Error('insert at postgres://me:hunter2@db'), {
        code: '23505',
        parameters: ['hunter2'],
        driverError: { detail: 'hunter2' },
      });
      const cause = UpstreamUnavailableError.of('postgres', driver);
      const details = { login: { password: 'hunter2' } };
      const options = { reason: 'SAMPLE', status: Status.INTERNAL, message: 'A sample.', details, cause };
      logError(log, new AppError(options));
      expect(JSON.stringify(lines)).not.toContain('hunter2');
      expect(lines[0]).toMatchObject({ err: { cause: { cause: { code: '23505' } } } });
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

    it('is a warning when a dependency is unavailable', () => {
      logError(log, UpstreamUnavailableError.of('redis'));
      expect(lines[0]).toMatchObject({ level: 'warn', reason: 'UPSTREAM_UNAVAILABLE' });
    });
  });
});
