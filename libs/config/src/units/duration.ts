import { z } from 'zod';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const FORM = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/**
 * A length of time with its unit in the value (`250ms`, `1.5s`, `5m`, `12h`, `7d`); a number of milliseconds
 * once read. Give defaults with `.prefault('5s')`.
 */
export function duration() {
  return z
    .string({ error: 'a duration with its unit, such as 250ms, 30s or 5m' })
    .regex(FORM, { error: 'a duration with its unit, such as 250ms, 30s or 5m' })
    .transform(parseDuration);
}

function parseDuration(text: string): number {
  const [, amount = '0', unit = 'ms'] = FORM.exec(text) ?? [];
  return Math.round(Number(amount) * UNITS[unit as keyof typeof UNITS]);
}
