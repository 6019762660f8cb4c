import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Circuit, type CircuitCondition } from './circuit.js';
import type { BreakerSettings } from './resilience.config.js';
import type { CallClassification } from './call-classification.js';

const SETTINGS: BreakerSettings = {
  enabled: true,
  failureRatio: 0.5,
  window: 10_000,
  minimumCalls: 4,
  halfOpenAfter: 1_000,
};

function givenCircuit(settings: Partial<BreakerSettings> = {}) {
  const conditions: CircuitCondition[] = [];
  const circuit = new Circuit('worker', { ...SETTINGS, ...settings }, (condition) =>
    conditions.push(condition),
  );
  const end = (classification: CallClassification | 'success') =>
    circuit
      .execute(
        () =>
          classification === 'success' ? Promise.resolve('done') : Promise.reject(new Error(classification)),
        () => classification as CallClassification,
      )
      .catch((error: Error) => error.message);
  const times = async (count: number, classification: CallClassification | 'success') => {
    for (let call = 0; call < count; call++) await end(classification);
  };
  /** A call that the spec ends. */
  const start = () => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    let classification: CallClassification = 'failure';
    const ended = circuit
      .execute(
        () => promise,
        () => classification,
      )
      .catch((error: Error) => error);
    const fail = (as: CallClassification) => ((classification = as), reject(new Error(as)), ended);
    return { ended, succeed: () => (resolve('done'), ended), fail };
  };
  return { circuit, conditions, end, times, start };
}

describe('a circuit', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => void jest.useRealTimers());

  it('opens when more than the given share of enough calls failed', async () => {
    const { circuit, times } = givenCircuit();
    await times(2, 'success');
    await times(2, 'failure');
    expect(circuit.condition).toBe('closed');
    await times(1, 'failure');
    expect(circuit.condition).toBe('open');
  });

  it('stays closed while there are too few calls', async () => {
    const { circuit, times } = givenCircuit();
    await times(3, 'failure');
    expect(circuit.condition).toBe('closed');
  });

  it('forgets old failures, even without calls since then', async () => {
    const { circuit, times } = givenCircuit();
    await times(3, 'failure');
    jest.setSystemTime(Date.now() + 60_000);
    await times(1, 'failure');
    expect(circuit.condition).toBe('closed');
  });

  it('rejects calls without making them, with the time of the next trial', async () => {
    const { circuit, times } = givenCircuit();
    await times(4, 'failure');
    jest.setSystemTime(Date.now() + 400);
    const work = jest.fn(() => Promise.resolve());
    await expect(circuit.execute(work, () => 'failure')).rejects.toMatchObject({
      reason: 'CIRCUIT_OPEN',
      status: { http: 503 },
      retryAfterMs: 600,
    });
    expect(work).not.toHaveBeenCalled();
  });

  it('makes one trial call after a pause and closes when that succeeds', async () => {
    const { circuit, conditions, end, times } = givenCircuit();
    await times(4, 'failure');
    jest.setSystemTime(Date.now() + 1_000);
    expect(await end('success')).toBe('done');
    expect(circuit.condition).toBe('closed');
    expect(conditions).toEqual(['open', 'half_open', 'closed']);
  });

  it('rejects other calls at once during the trial', async () => {
    const { end, start, times } = givenCircuit();
    await times(4, 'failure');
    jest.setSystemTime(Date.now() + 1_000);
    const trial = start();
    expect(await end('success')).toMatch(/failed too often/);
    expect(await trial.succeed()).toBe('done');
    expect(await end('success')).toBe('done');
  });

  it('makes another trial when one takes longer than the pause', async () => {
    const { circuit, conditions, end, start, times } = givenCircuit();
    await times(4, 'failure');
    jest.setSystemTime(Date.now() + 1_000);
    const slow = start();
    jest.setSystemTime(Date.now() + 999);
    expect(await end('success')).toMatch(/failed too often/);
    jest.setSystemTime(Date.now() + 1);
    expect(await end('failure')).toBe('failure');
    expect(circuit.condition).toBe('open');
    jest.setSystemTime(Date.now() + 1_000);
    expect(await end('success')).toBe('done');
    await slow.fail('failure');
    expect(circuit.condition).toBe('closed');
    expect(conditions).toEqual(['open', 'half_open', 'half_open', 'open', 'half_open', 'closed']);
  });

  it.each([['success'], ['answered']] as const)(
    'closes after a slow trial (%s), even if another one is running',
    async (classification) => {
      const { circuit, start, times } = givenCircuit();
      await times(4, 'failure');
      jest.setSystemTime(Date.now() + 1_000);
      const slow = start();
      jest.setSystemTime(Date.now() + 1_000);
      const hung = start();
      await (classification === 'success' ? slow.succeed() : slow.fail(classification));
      expect(circuit.condition).toBe('closed');
      await hung.fail('failure');
      expect(circuit.condition).toBe('closed');
    },
  );

  it('opens again when the trial fails', async () => {
    const { circuit, end, times } = givenCircuit();
    await times(4, 'failure');
    jest.setSystemTime(Date.now() + 1_000);
    await end('failure');
    expect(circuit.condition).toBe('open');
    expect(await end('success')).toMatch(/failed too often/);
  });

  it('treats a target that rejects a request as healthy', async () => {
    const { circuit, end, times } = givenCircuit();
    await times(4, 'answered');
    await times(4, 'failure');
    expect(circuit.condition).toBe('closed');
    await times(1, 'failure');
    jest.setSystemTime(Date.now() + 1_000);
    expect(await end('answered')).toBe('answered');
    expect(circuit.condition).toBe('closed');
  });

  it('does not count calls without a result about the target', async () => {
    const { circuit, times } = givenCircuit();
    await times(3, 'failure');
    await times(20, 'unknown');
    expect(circuit.condition).toBe('closed');
    await times(1, 'failure');
    expect(circuit.condition).toBe('open');
  });

  it('neither closes nor waits longer after a trial without a result about the target', async () => {
    const { circuit, end, times } = givenCircuit();
    await times(4, 'failure');
    jest.setSystemTime(Date.now() + 1_000);
    expect(circuit.condition).toBe('half_open');
    expect(await end('unknown')).toBe('unknown');
    expect(circuit.condition).toBe('half_open');
    expect(await end('success')).toBe('done');
    expect(circuit.condition).toBe('closed');
  });

  it('is not kept open by an earlier call that is cancelled during the trial', async () => {
    const { circuit, start, times } = givenCircuit();
    const early = start();
    await times(4, 'failure');
    jest.setSystemTime(Date.now() + 1_000);
    const trial = start();
    await early.fail('unknown');
    expect(circuit.condition).toBe('half_open');
    await trial.succeed();
    expect(circuit.condition).toBe('closed');
  });

  it('stays open for the planned time when its thresholds change', async () => {
    const { circuit, end, times } = givenCircuit();
    await times(4, 'failure');
    circuit.configure({ ...SETTINGS, failureRatio: 0.9, window: 5_000 });
    expect(circuit.condition).toBe('open');
    expect(await end('success')).toMatch(/failed too often/);
    jest.setSystemTime(Date.now() + 1_000);
    expect(await end('success')).toBe('done');
  });

  it('applies a new threshold to its counts', async () => {
    const { circuit, times } = givenCircuit();
    await times(6, 'success');
    await times(3, 'failure');
    circuit.configure({ ...SETTINGS, failureRatio: 0.3 });
    expect(circuit.condition).toBe('closed');
    await times(1, 'failure');
    expect(circuit.condition).toBe('open');
  });

  it('is closed with empty counts after a reset, whatever the result of a running trial', async () => {
    const { circuit, conditions, times, start } = givenCircuit();
    await times(4, 'failure');
    jest.advanceTimersByTime(1_000);
    const trial = start();
    expect(circuit.condition).toBe('half_open');
    circuit.reset();
    await trial.fail('failure');
    expect(circuit.condition).toBe('closed');
    await times(3, 'failure');
    expect(circuit.condition).toBe('closed');
    expect(conditions).toEqual(['open', 'half_open', 'closed']);
  });

  it('makes every call while disabled, and starts with empty counts when enabled', async () => {
    const { circuit, conditions, end, times } = givenCircuit();
    await times(4, 'failure');
    circuit.configure({ ...SETTINGS, enabled: false });
    await times(20, 'failure');
    expect(await end('success')).toBe('done');
    circuit.configure(SETTINGS);
    await times(3, 'failure');
    expect(circuit.condition).toBe('closed');
    expect(conditions).toEqual(['open', 'closed']);
  });
});
