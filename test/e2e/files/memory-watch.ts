import { setTimeout as delay } from 'node:timers/promises';
import type { RunningSystem } from '../../support/apps/running-system.js';

const INTERVAL_MS = 50;

/** The current resident memory of the gateway, in bytes. */
export async function residentBytes(fixture: RunningSystem): Promise<number> {
  return (await fixture.metrics('gateway')).sum('process_resident_memory_bytes');
}

/** Runs `work`. Returns the largest growth of the gateway's resident memory above `idle`, in bytes. */
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
