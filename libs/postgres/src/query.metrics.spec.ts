import { Metrics, type Spans } from '@app/telemetry';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { QueryMetrics } from './query.metrics.js';
import type { SlowQueryLog } from './slow-query.log.js';

describe('a statement', () => {
  const metrics = new Metrics();
  afterEach(() => metrics.onModuleDestroy());

  it('is sent in a span with its text, and offered to the log of slow statements', async () => {
    const run = jest.fn((_name: string, _options: object, work: () => unknown) => work());
    const note = jest.fn();
    const spans = { enabled: true, run } as unknown as Spans;
    const queries = new QueryMetrics(metrics, spans, { note } as unknown as SlowQueryLog);
    const send = () => Promise.resolve('rows');
    await expect(queries.observe('select 1,\n  $1', send)).resolves.toBe('rows');
    const attributes = {
      'db.system.name': 'postgresql',
      'db.operation.name': 'select',
      'db.query.text': 'select 1, $1',
    };
    expect(run).toHaveBeenCalledWith('SELECT', { kind: 'client', attributes }, send);
    expect(note).toHaveBeenCalledWith('select 1,\n  $1', expect.any(Number));
  });
});
