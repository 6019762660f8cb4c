import { z } from 'zod';

const UNITS = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;
const FORM = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB)$/;

/** A size with its unit in the value (`512B`, `64KiB`, `8MiB`, `1GiB`), parsed to a number of bytes. */
export function size() {
  return z
    .string({ error: 'a size with its unit, such as 64KiB or 8MiB' })
    .regex(FORM, { error: 'a size with its unit, such as 64KiB or 8MiB' })
    .transform(parseSize);
}

function parseSize(text: string): number {
  const [, amount = '0', unit = 'B'] = FORM.exec(text) ?? [];
  return Math.round(Number(amount) * UNITS[unit as keyof typeof UNITS]);
}
