import { violate } from './validation.support.js';
import type { Violations } from './violation.js';

const TIME = /^(\d{4}-\d\d-\d\d)[Tt]((?:[01]\d|2[0-3]):\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/;

/**
 * A time of RFC 3339, from year 1 to 9999. A Date has milliseconds: a time with more digits would be changed.
 *
 * @internal
 */
export function readTimestamp(value: unknown, name: string, issues: Violations): Date {
  const [, day, clock, fraction = '', zone] = (typeof value === 'string' && TIME.exec(value)) || [];
  if (day !== undefined && clock !== undefined && zone !== undefined) {
    if (!/^\d{0,3}0*$/.test(fraction)) {
      violate(issues, name, 'must have at most milliseconds');
      return new Date(0);
    }
    const milliseconds = fraction.slice(0, 3).padEnd(3, '0');
    const time = new Date(`${day}T${clock}.${milliseconds}${zone.toUpperCase()}`);
    if (isDay(day) && isTimestamp(time)) return time;
  }
  violate(issues, name, 'must be a time such as 2026-03-01T00:00:00Z');
  return new Date(0);
}

/** A Date moves the 30th of February to March. */
function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

function isTimestamp(time: Date): boolean {
  const year = time.getUTCFullYear();
  return year >= 1 && year <= 9999;
}

/** A message google.protobuf.Duration. @internal */
interface DurationMessage {
  seconds: number;
  nanos: number;
}

const DURATION = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/;
const MAX_SECONDS = 315_576_000_000;

/** Seconds with at most nine fractional digits and the suffix `s`. @internal */
export function readDuration(value: unknown, name: string, issues: Violations): DurationMessage {
  const [, sign, whole, fraction = ''] = (typeof value === 'string' && DURATION.exec(value)) || [];
  if (whole !== undefined && Number(whole) <= MAX_SECONDS) {
    const factor = sign === '-' ? -1 : 1;
    const [seconds, nanos] = [Number(whole), Number(fraction.padEnd(9, '0'))];
    if (seconds < MAX_SECONDS || nanos === 0)
      return { seconds: seconds === 0 ? 0 : factor * seconds, nanos: nanos === 0 ? 0 : factor * nanos };
  }
  violate(issues, name, 'must be a duration such as 1.5s');
  return { seconds: 0, nanos: 0 };
}

/** @internal */
export function writeDuration({ seconds, nanos }: DurationMessage): string {
  const sign = seconds < 0 || nanos < 0 ? '-' : '';
  const digits = String(Math.abs(nanos))
    .padStart(9, '0')
    .replace(/(?:000){1,3}$/, '');
  return `"${sign}${Math.abs(seconds)}${digits === '' ? '' : `.${digits}`}s"`;
}

const MASK = /^(?:[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*(?:,|$))*$/;

/** Names of fields as in the proto file, separated by commas. @internal */
export function readFieldMask(value: unknown, name: string, issues: Violations): string[] {
  if (value === '') return [];
  if (typeof value === 'string' && MASK.test(value) && !value.endsWith(',')) return value.split(',');
  violate(issues, name, 'must be names of fields, separated by commas');
  return [];
}
