import { RequestContext } from '@app/context';
import { UpstreamUnavailableError } from '@app/errors';
import { Logger } from '@nestjs/common';
import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { pino } from 'pino';
import { logError } from './log-error.js';
import { loggingConfig } from './logging.config.js';
import { nestLogger } from './nest-logger.js';
import { createRootLogger, type RootLogger } from './root-logger.js';

const PERIOD_MS = 60_000;
const LIMIT = 5;

describe('repeated lines', () => {
  const lines: Record<string, unknown>[] = [];
  const log = new Logger('Orders');
  let root: RootLogger;

  // One logger for all tests: nestjs-pino keeps the first logger of a process.
  beforeAll(async () => {
    root = await createRootLogger('worker', loggingConfig.schema.parse({}));
    const write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>);
    Object.assign(root.pino, { [pino.symbols.streamSym]: { write } });
    Logger.overrideLogger(nestLogger(root));
  });

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    lines.length = 0;
  });

  afterEach(() => {
    root.flush();
    jest.useRealTimers();
  });

  const fail = (request: number) =>
    new RequestContext({ entry: 'http', operation: '/orders' }).run(() =>
      logError(log, UpstreamUnavailableError.of('redis', new Error(`connect ECONNREFUSED, ${request}`))),
    );
  const stacks = () => lines.filter(({ err }) => (err as { stack?: string } | undefined)?.stack);

  it('have a stack once in a period, then a cause, and are then only counted', () => {
    for (let request = 1; request <= 300; request += 1) fail(request);
    expect(lines).toHaveLength(LIMIT);
    expect(stacks()).toHaveLength(1);
    expect(lines[1]).toMatchObject({
      level: 'warn',
      reason: 'UPSTREAM_UNAVAILABLE',
      cause: 'connect ECONNREFUSED, 2',
      trace_id: expect.any(String),
    });
    lines.length = 0;
    jest.advanceTimersByTime(PERIOD_MS);
    expect(lines).toEqual([
      expect.objectContaining({ level: 'warn', context: 'Orders', held_back: 295, period_ms: PERIOD_MS }),
    ]);
    expect(lines[0]).not.toHaveProperty('trace_id');
    fail(301);
    expect(stacks()).toHaveLength(1);
  });

  it('are reported when the process ends before the period', () => {
    for (let request = 1; request <= 7; request += 1) fail(request);
    root.flush();
    expect(lines.at(-1)).toMatchObject({ held_back: 2 });
  });

  it.each([
    ['numbers', (n: number) => `job purge@2026-11-27T07:${n}:00Z failed`],
    ['trace ids', (n: number) => `4bf92f3577b34da6a3ce929d0e0e${4000 + n} was refused`],
    ['UUIDs', (n: number) => `order aabbccdd-aaaa-4aaa-8aaa-aaaaaaaa${4000 + n} is late`],
  ])('are equal when they differ only in %s', (_what, message) => {
    for (let n = 10; n < 30; n += 1) log.warn(message(n));
    expect(lines).toHaveLength(LIMIT);
  });

  it('do not hold back lines with another message, level, context or reason', () => {
    for (let n = 0; n < 20; n += 1) log.warn('the disk is slow');
    lines.length = 0;
    log.error('the disk is slow');
    log.warn('the disk is full');
    log.warn({ reason: 'DISK_FULL' }, 'the disk is slow');
    new Logger('Files').warn('the disk is slow');
    expect(lines).toHaveLength(4);
  });

  it.each([
    ['report that a dependency is lost', () => log.warn({ dependency: 'redis' }, 'Redis fails')],
    ['are no warnings', () => log.log('placed')],
    ['are fatal', () => log.fatal('out of memory')],
  ])('are all written when they %s', (_which, write) => {
    for (let n = 0; n < 20; n += 1) write();
    expect(lines).toHaveLength(20);
  });

  it('of many kinds use a limited amount of memory', () => {
    for (let n = 0; n < 2_000; n += 1)
      log.warn(`no table ${String.fromCharCode(97 + (n % 26))}${'x'.repeat(n / 26)}`);
    expect(jest.getTimerCount()).toBeLessThanOrEqual(256);
  });
});
