import { z } from 'zod';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const FORM = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const EXPECTED = 'a duration with its unit, such as 250ms, 30s or 5m';

/** A duration as text: a number and its unit. */
export type DurationText = `${number}${keyof typeof UNITS}`;

/** @publicApi */
export interface DurationOptions {
  /** The shortest duration accepted. @default '0s' */
  min?: DurationText;
  /**
   * The longest duration accepted. Raise it only for values that no timer uses, such as a retention: Node.js fires a
   * timer at once if its delay is longer than 24.8 days. @default '24d'
   */
  max?: DurationText;
}

/**
 * A duration with its unit in the value (`250ms`, `1.5s`, `5m`, `12h`, `7d`), parsed to a number of milliseconds.
 * Set defaults with `.prefault('5s')`.
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
