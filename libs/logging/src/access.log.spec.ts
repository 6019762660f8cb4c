import { ConfigHandle } from '@app/config';
import { RequestContext } from '@app/context';
import {
  type AppError,
  CancelledError,
  DeadlineExceededError,
  InternalError,
  ShuttingDownError,
  UpstreamUnavailableError,
} from '@app/errors';
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { AccessLog, accessLevelOf } from './access.log.js';
import { PlainLines } from './plain-lines.js';
import { type LoggingConfig, loggingConfig } from './logging.config.js';

const configOf = (accessLog: object): LoggingConfig => loggingConfig.schema.parse({ accessLog });

/** An access log whose lines are collected in a list. */
function accessLogOf(accessLog: object) {
  const lines: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) };
  const config = new ConfigHandle(configOf(accessLog));
  const root = pino({}, { write: () => undefined });
  const plain = new PlainLines(stream, {
    bindings: { app: 'gateway', pid: process.pid },
    level: 'info',
    message: 'request',
    redact: [],
  });
  return { lines, config, root, log: new AccessLog(plain, root, config) };
}

const contexts = Array.from(
  { length: 2000 },
  () => new RequestContext({ entry: 'http', operation: 'GET /' }),
);

describe('the access log', () => {
  it('has a line for each request', () => {
    const { log, lines } = accessLogOf({});
    log.write({ status: 200 }, { succeeded: true });
    log.write({ status: 503 }, { succeeded: false });
    expect(lines).toMatchObject([{ status: 200, msg: 'request' }, { status: 503 }]);
  });

  it('has the level of the outcome of its request', () => {
    const { log, lines } = accessLogOf({});
    log.write({ status: 404 }, { succeeded: false });
    log.write({ status: 500, reason: 'INTERNAL' }, { succeeded: false, level: 'error' });
    expect(lines).toMatchObject([{ level: 'info' }, { level: 'error', reason: 'INTERNAL' }]);
  });

  const client = { address: '203.0.113.7', userAgent: 'curl/8.5.0' };

  it('includes the client of the request', () => {
    const { log, lines } = accessLogOf({});
    log.write({ status: 200 }, { succeeded: true, client });
    expect(lines).toMatchObject([{ client_address: '203.0.113.7', user_agent: 'curl/8.5.0' }]);
  });

  it.each([
    ['address', 'client_address'],
    ['userAgent', 'user_agent'],
  ])('omits the %s when the configuration disables it', (setting, field) => {
    const { log, lines } = accessLogOf({ client: { [setting]: false } });
    log.write({ status: 200 }, { succeeded: true, client });
    expect(Object.keys(lines[0] ?? {}).filter((key) => /client_|user_/.test(key))).toHaveLength(1);
    expect(lines[0]).not.toHaveProperty(field);
  });

  it('truncates the user agent, and escapes its control characters', () => {
    const { log, lines } = accessLogOf({});
    const hostile = `\u001b[2J\u009b31m\r\n${'x'.repeat(10_000)}`;
    log.write({ status: 200 }, { succeeded: true, client: { userAgent: hostile } });
    const text = String(lines[0]?.['user_agent']);
    expect(text).toMatch(/^\\x1b\[2J\\x9b31m\\x0d\\x0ax+…$/);
    expect(text.length).toBeLessThan(300);
  });

  it('has the lines of higher levels when lower ones are disabled', () => {
    const { log, lines, root } = accessLogOf({});
    root.level = 'error';
    for (const level of ['info', 'warn', 'error'] as const) log.write({}, { succeeded: false, level });
    expect(lines).toMatchObject([{ level: 'error' }]);
  });

  it.each<[number, AppError | undefined, string]>([
    [200, undefined, 'info'],
    [404, undefined, 'info'],
    [499, CancelledError.of('It'), 'info'],
    [500, InternalError.because('x'), 'error'],
    [502, undefined, 'error'],
    [503, UpstreamUnavailableError.of('redis'), 'error'],
    [504, DeadlineExceededError.of('It'), 'error'],
    [503, ShuttingDownError.create(), 'warn'],
  ])('writes status %d, caused by %p, at %s', (status, error, level) => {
    expect(accessLevelOf(status, error)).toBe(level);
  });

  it('may be disabled', () => {
    const { log, lines } = accessLogOf({ enabled: false });
    log.write({ status: 503 }, { succeeded: false });
    expect(lines).toEqual([]);
  });

  it('is empty when the log level is higher', () => {
    const { log, lines, root } = accessLogOf({});
    root.level = 'warn';
    log.write({ status: 503 }, { succeeded: false });
    expect(lines).toEqual([]);
  });

  it('may have a sample of successful requests, and always has failed ones', () => {
    const { log, lines } = accessLogOf({ sample: 0.1 });
    for (const context of contexts) {
      context.run(() => {
        log.write({ status: 200 }, { succeeded: true });
        log.write({ status: 500 }, { succeeded: false });
      });
    }
    const share = lines.filter(({ status }) => status === 200).length / contexts.length;
    expect(share).toBeGreaterThan(0.05);
    expect(share).toBeLessThan(0.15);
    expect(lines.filter(({ status }) => status === 500)).toHaveLength(contexts.length);
  });

  it('has all lines of a trace or none, in every app', () => {
    const [one, other] = [accessLogOf({ sample: 0.5 }), accessLogOf({ sample: 0.5 })];
    for (const context of contexts) {
      context.run(() => {
        const { traceId } = context.trace;
        for (const { log } of [one, other]) log.write({ traceId }, { succeeded: true });
      });
    }
    const traces = (lines: Record<string, unknown>[]) => lines.map(({ traceId }) => traceId);
    expect(traces(one.lines)).toEqual(traces(other.lines));
    expect(one.lines.length).toBeGreaterThan(0);
  });

  it('follows a change of the configuration', () => {
    const { log, lines, config } = accessLogOf({ sample: 0 });
    log.write({}, { succeeded: true });
    config.replace(configOf({ sample: 1 }));
    log.write({}, { succeeded: true });
    expect(lines).toHaveLength(1);
  });
});
