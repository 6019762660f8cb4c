import { Logger } from '@nestjs/common';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Lifecycle } from './lifecycle.js';
import { PHASES, type Participant } from './participant.js';

/** Records when each phase of a participant begins and ends. */
class Diary {
  readonly entries: string[] = [];

  participant(name: string, faults: Partial<Record<(typeof PHASES)[number], Error>> = {}): Participant {
    const phases = PHASES.map((phase) => [
      phase,
      async () => {
        this.entries.push(`${name} begins ${phase}`);
        await Promise.resolve();
        if (faults[phase]) throw faults[phase];
        this.entries.push(`${name} ends ${phase}`);
      },
    ]);
    return { name, startDraining: () => this.entries.push(`${name} drains`), ...Object.fromEntries(phases) };
  }
}

async function stop(lifecycle: Lifecycle): Promise<void> {
  await lifecycle.beforeApplicationShutdown();
  await lifecycle.onApplicationShutdown();
}

describe('the lifecycle of an app', () => {
  beforeAll(() => Logger.overrideLogger(false));

  it('is starting, ready, draining and stopped, and never goes back', async () => {
    const lifecycle = new Lifecycle();
    const states = [lifecycle.state];
    lifecycle.markReady();
    states.push(lifecycle.state);
    lifecycle.startDraining();
    lifecycle.markReady();
    states.push(lifecycle.state);
    await stop(lifecycle);
    lifecycle.startDraining();
    states.push(lifecycle.state);
    expect(states).toEqual(['starting', 'ready', 'draining', 'stopped']);
  });

  it('lets all participants finish a phase before the next one begins', async () => {
    const lifecycle = new Lifecycle();
    const diary = new Diary();
    for (const name of ['a', 'b']) lifecycle.register(diary.participant(name));
    await stop(lifecycle);
    const expected = PHASES.flatMap((phase) =>
      ['begins', 'ends'].flatMap((step) => [`a ${step} ${phase}`, `b ${step} ${phase}`]),
    );
    expect(diary.entries).toEqual(['a drains', 'b drains', ...expected]);
  });

  it('closes connections only in the last hook, when Nest has closed its servers', async () => {
    const lifecycle = new Lifecycle();
    const diary = new Diary();
    lifecycle.register(diary.participant('pool'));
    await lifecycle.beforeApplicationShutdown();
    expect(diary.entries).toContain('pool ends flush');
    expect(diary.entries).not.toContain('pool begins close');
    await lifecycle.onApplicationShutdown();
    expect(diary.entries.at(-1)).toBe('pool ends close');
  });

  it.each(PHASES)('waits for the end of %s before Nest continues', async (phase) => {
    const lifecycle = new Lifecycle();
    const written = Promise.withResolvers<void>();
    lifecycle.register({ name: 'slow', [phase]: () => written.promise });
    const hook = phase === 'close' ? 'onApplicationShutdown' : 'beforeApplicationShutdown';
    let hasEnded = false;
    const stopping = lifecycle[hook]().then(() => (hasEnded = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(hasEnded).toBe(false);
    written.resolve();
    await stopping;
  });

  it('calls startDraining of participants once, even if it is called several times', async () => {
    const lifecycle = new Lifecycle();
    const diary = new Diary();
    lifecycle.register(diary.participant('server'));
    lifecycle.startDraining();
    lifecycle.startDraining();
    await stop(lifecycle);
    expect(diary.entries.filter((entry) => entry === 'server drains')).toHaveLength(1);
  });

  it('reports a participant with the phase that it has not ended, and calls giveUp when no work is left', async () => {
    const lifecycle = new Lifecycle();
    const answer = Promise.withResolvers<void>();
    const giveUp = jest.fn(answer.resolve);
    lifecycle.register({ name: 'pool', close: () => answer.promise, giveUp });
    const work = ['GET /slow'];
    lifecycle.register({ name: 'server', pending: () => work });
    await lifecycle.beforeApplicationShutdown();
    expect(lifecycle.pending()).toEqual(['server: GET /slow']);
    const closing = lifecycle.onApplicationShutdown();
    lifecycle.giveUp();
    expect(giveUp).not.toHaveBeenCalled();
    expect(lifecycle.pending()).toEqual(['pool: close', 'server: GET /slow']);
    work.pop();
    lifecycle.giveUp();
    await closing;
    expect(lifecycle.pending()).toEqual([]);
  });

  it('calls giveUp without waiting for repeatable work', async () => {
    const lifecycle = new Lifecycle();
    const answer = Promise.withResolvers<void>();
    const relay = { name: 'relay', isRepeatable: true, pending: () => ['a batch'] };
    lifecycle.register({ ...relay, drain: () => answer.promise, giveUp: answer.resolve });
    const stopping = lifecycle.beforeApplicationShutdown();
    expect(lifecycle.pending()).toEqual(['relay: a batch']);
    lifecycle.giveUp();
    await stopping;
  });

  it('logs the failure of one, and continues with the others and with the next phase', async () => {
    const lines = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    const lifecycle = new Lifecycle();
    const diary = new Diary();
    const stuck = new Error('stuck');
    lifecycle.register(diary.participant('broken', { drain: stuck }));
    lifecycle.register(diary.participant('sound'));
    await stop(lifecycle);
    expect(diary.entries).toEqual(
      expect.arrayContaining(['sound ends drain', 'broken ends flush', 'broken ends close']),
    );
    expect(lifecycle.state).toBe('stopped');
    expect(lines.mock.calls).toEqual([
      [{ err: stuck, participant: 'broken', phase: 'drain' }, 'broken failed to stop cleanly'],
    ]);
    lines.mockRestore();
  });

  it('reports pending work by participant', () => {
    const lifecycle = new Lifecycle();
    lifecycle.register({ name: 'http server', pending: () => ['GET /slow (for 300 ms)'] });
    lifecycle.register({ name: 'pool' });
    expect(lifecycle.pending()).toEqual(['http server: GET /slow (for 300 ms)']);
  });
});
