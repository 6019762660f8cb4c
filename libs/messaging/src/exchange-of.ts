import type { Destination } from '@app/contracts';

/** The name of the exchange; undefined if the destination is a queue. */
export function exchangeOf(destination: Destination): string | undefined {
  return 'exchange' in destination ? destination.name : undefined;
}
