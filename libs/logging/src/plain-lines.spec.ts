import { RequestContext } from '@app/context';
import { describe, expect, it } from '@jest/globals';
import { PlainLines } from './plain-lines.js';

function plainLines(redact: string[] = []) {
  const lines: string[] = [];
  const stream = { write: (line: string) => lines.push(line) };
  return {
    lines,
    log: new PlainLines(stream, {
      bindings: { app: 'gateway', version: '1.2.3', pid: process.pid },
      level: 'info',
      message: 'request',
      redact,
    }),
  };
}

const parsed = (line: string | undefined) => JSON.parse(line ?? '') as Record<string, unknown>;

describe('a plain line', () => {
  it('equals the line of the app’s logger, in the same order', () => {
    const { log, lines } = plainLines();
    const context = new RequestContext({ entry: 'http', operation: '/orders', requestId: 'abc' });
    context.principal = { id: 'user-1', roles: [] };
    context.run(() => log.write({ method: 'POST', status: 200, cached: true, nothing: undefined }));
    expect(lines[0]?.endsWith('}\n')).toBe(true);
    const { time, ...line } = parsed(lines[0]);
    expect(new Date(String(time)).toISOString()).toBe(time);
    expect(Object.entries(line)).toEqual([
      ['level', 'info'],
      ['app', 'gateway'],
      ['version', '1.2.3'],
      ['pid', process.pid],
      ['request_id', 'abc'],
      ['trace_id', context.trace.traceId],
      ['route', '/orders'],
      ['principal', 'user-1'],
      ['method', 'POST'],
      ['status', 200],
      ['cached', true],
      ['msg', 'request'],
    ]);
  });

  it('is one line, whatever a client has sent', () => {
    const { log, lines } = plainLines();
    log.write({ path: '/a"\n{}\u2028\\' });
    expect(lines[0]?.trimEnd()).not.toContain('\n');
    expect(parsed(lines[0])).toMatchObject({ path: '/a"\n{}\u2028\\' });
  });

  it.each([
    ['a secret name', { api_key: 'hunter2' }, []],
    ['a configured name', { iban: 'hunter2' }, ['iban']],
    ['an address in a text', { path: '/proxy/postgres://me:hunter2@db' }, []],
    ['a query', { path: '/files?token=hunter2' }, []],
  ])('masks secrets by %s', (_by, fields, redact) => {
    const { log, lines } = plainLines(redact);
    log.write({ status: 200, ...fields });
    expect(lines[0]).not.toContain('hunter2');
    expect(lines[0]).toContain('********');
    expect(parsed(lines[0])).toMatchObject({ status: 200 });
  });

  it('masks fields of the context with a configured name', () => {
    const { log, lines } = plainLines(['principal']);
    const context = new RequestContext({ entry: 'http', operation: '/orders', requestId: 'abc' });
    context.principal = { id: 'hunter2', roles: [] };
    context.run(() => log.write({ status: 200 }));
    expect(parsed(lines[0])).toMatchObject({ principal: '********', request_id: 'abc', status: 200 });
  });
});
