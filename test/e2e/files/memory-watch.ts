import { setTimeout as delay } from 'node:timers/promises';
import type { RunningSystem } from '../../support/apps/running-system.js';

const INTERVAL_MS = 50;

/** Resident memory of the gateway at this moment, in bytes. */
export async function residentBytes(fixture: RunningSystem): Promise<number> {
  return (await fixture.metrics('gateway')).sum('process_resident_memory_bytes');
}

/** Runs `work` and tells by how much the gateway's resident memory was above `idle` at most, in bytes. */
export async function growthDuring(
  fixture: RunningSystem,
  idle: number,
  work: () => Promise<unknown>,
): Promise<number> {
  let peak = idle;
  let watching = true;
  const watch = async (): Promise<void> => {
    while (watching) {
      peak = Math.max(peak, await residentBytes(fixture));
      await delay(INTERVAL_MS);
    }
  };
  const watched = watch();
  try {
    await work();
  } finally {
    watching = false;
    await watched;
  }
  return peak - idle;
}
