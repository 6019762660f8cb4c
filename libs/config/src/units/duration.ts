import { z } from 'zod';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const FORM = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const EXPECTED = 'a duration with its unit, such as 250ms, 30s or 5m';

/** A duration as a person writes it. */
export type DurationText = `${number}${keyof typeof UNITS}`;

/** @publicApi */
export interface DurationOptions {
  /** The shortest that is taken. @default '0s' */
  min?: DurationText;
  /**
   * The longest that is taken. Give more only to what no timer waits for, such as a retention: Node.js fires a timer
   * at once that waits longer than 24.8 days. @default '24d'
   */
  max?: DurationText;
}

/**
 * A length of time with its unit in the value (`250ms`, `1.5s`, `5m`, `12h`, `7d`); a number of milliseconds
 * once read. Give defaults with `.prefault('5s')`.
 */
export function duration({ min = '0s', max = '24d' }: DurationOptions = {}) {
  const [shortest, longest] = [parseDuration(min), parseDuration(max)];
  const range = shortest > 0 ? `between ${min} and ${max}` : `of at most ${max}`;
  return z
    .string({ error: EXPECTED })
    .regex(FORM, { error: EXPECTED })
    .transform(parseDuration)
    .refine((ms) => ms >= shortest && ms <= longest, { error: `a duration ${range}` });
}

function parseDuration(text: string): number {
  const [, amount = '0', unit = 'ms'] = FORM.exec(text) ?? [];
  return Math.round(Number(amount) * UNITS[unit as keyof typeof UNITS]);
}
