import { describe, expect, it } from '@jest/globals';
import { InFlight } from './in-flight.js';

describe('work in flight', () => {
  it('is idle at once when there is none', async () => {
    await expect(new InFlight().idle()).resolves.toBeUndefined();
  });

  it('is idle only when the last piece is done', async () => {
    const inFlight = new InFlight();
    const [leaveOne, leaveTwo] = [inFlight.enter('one'), inFlight.enter('two')];
    let idle = false;
    const waiting = inFlight.idle().then(() => (idle = true));
    leaveOne();
    await Promise.resolve();
    expect({ idle, size: inFlight.size }).toEqual({ idle: false, size: 1 });
    leaveTwo();
    await waiting;
    expect(inFlight.size).toBe(0);
  });

  it('removes a piece once, even if its end is reported twice', () => {
    const inFlight = new InFlight();
    const leave = inFlight.enter('one');
    inFlight.enter('two');
    leave();
    leave();
    expect(inFlight.size).toBe(1);
  });

  it('is removed when it fails, and the error reaches the caller', async () => {
    const inFlight = new InFlight();
    await expect(inFlight.track('job', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(inFlight.size).toBe(0);
  });

  it('is described by name and age', () => {
    const inFlight = new InFlight();
    inFlight.enter('GET /slow');
    expect(inFlight.describe()).toEqual([expect.stringMatching(/^GET \/slow \(for \d+ ms\)$/)]);
  });
});
