import type { Destination } from '@app/contracts';

/** The exchange that a destination is; undefined for a queue. */
export function exchangeOf(destination: Destination): string | undefined {
  return 'exchange' in destination ? destination.name : undefined;
}
