const FIRST_MS = 50;
const LAST_MS = 1000;

/** Back-off before the next attempt to connect, in milliseconds: doubles with each attempt, with jitter. */
export function reconnectDelay(attempt: number): number {
  return Math.min(FIRST_MS * 2 ** (attempt - 1), LAST_MS) * (0.75 + Math.random() / 4);
}
