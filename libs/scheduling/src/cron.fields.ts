/** A parsed cron expression: the values of each field in ascending order. */
export interface CronFields {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly number[];
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly weekdays: readonly number[];
  /** Whether the minutes or the hours are "every" or "every n": `*`, `*\/5`, `8-18/2`, `0-23`. */
  readonly repeats: boolean;
}

interface Field {
  readonly name: string;
  readonly low: number;
  readonly high: number;
}

const SECOND: Field = { name: 'second', low: 0, high: 59 };
const MINUTE: Field = { name: 'minute', low: 0, high: 59 };
const HOUR: Field = { name: 'hour', low: 0, high: 23 };
const DAY: Field = { name: 'day of the month', low: 1, high: 31 };
const MONTH: Field = { name: 'month', low: 1, high: 12 };
const WEEKDAY: Field = { name: 'weekday', low: 0, high: 7 };

const PRESETS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@hourly': '0 * * * *',
  '@minutely': '* * * * *',
  '@secondly': '* * * * * *',
  '@weekdays': '0 0 * * 1-5',
  '@weekends': '0 0 * * 0,6',
};
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const PART = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,4}))?$/;

/** @throws RangeError with the reason when the expression is invalid */
export function parseCron(expression: string): CronFields {
  const text = expression.trim().toLowerCase();
  const fields = withNumbers(PRESETS[text] ?? text).split(/\s+/);
  if (fields.length < 5) throw new RangeError('Too few fields');
  if (fields.length > 6) throw new RangeError('Too many fields');
  const [second = '', minute = '', hour = '', day = '', month = '', weekday = ''] =
    fields.length === 5 ? ['0', ...fields] : fields;
  const [minutes, hours] = [valuesOf(minute, MINUTE), valuesOf(hour, HOUR)];
  return {
    seconds: valuesOf(second, SECOND),
    minutes,
    hours,
    days: valuesOf(day, DAY),
    months: valuesOf(month, MONTH),
    weekdays: ascending(valuesOf(weekday, WEEKDAY).map((value) => value % 7)),
    repeats: isRepeating(minute, minutes, MINUTE) || isRepeating(hour, hours, HOUR),
  };
}

function withNumbers(text: string): string {
  return text.replace(/[a-z]+/g, (alias) => {
    const value = MONTHS.includes(alias) ? MONTHS.indexOf(alias) + 1 : WEEKDAYS.indexOf(alias);
    if (value < 0) throw new RangeError(`Unknown alias: ${alias}`);
    return String(value);
  });
}

function valuesOf(text: string, field: Field): number[] {
  return ascending(text.split(',').flatMap((part) => valuesOfPart(part, field)));
}

function valuesOfPart(part: string, { name, low, high }: Field): number[] {
  const match = PART.exec(part);
  if (!match) throw new RangeError(`Field value (${part}) of the ${name} cannot be parsed`);
  const [, from, to, every] = match;
  const step = Number(every ?? 1);
  const first = Number(from ?? low);
  // `5/10` has no end, so it goes to the highest value; `5` is its own end.
  const last = Number(to ?? (from === undefined || every !== undefined ? high : from));
  if (step === 0) throw new RangeError(`Field value (${part}) of the ${name} has a step of zero`);
  if (first < low || first > high || last > high)
    throw new RangeError(`Field value (${part}) of the ${name} is out of range`);
  if (first > last) throw new RangeError(`Field value (${part}) of the ${name} has an invalid range`);
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((one, other) => one - other);
}

function isRepeating(text: string, values: readonly number[], { low, high }: Field): boolean {
  return values.length > 1 && (/[*/]/.test(text) || values.length === high - low + 1);
}
