const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const LONG_DAY = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)';
const MONTH = `(?<month>${MONTHS.join('|')})`;
const TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;

const FORMATS = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  new RegExp(String.raw`^${DAY}, (?<day>\d\d) ${MONTH} (?<year>\d{4}) ${TIME} GMT$`),
  // Sunday, 06-Nov-94 08:49:37 GMT
  new RegExp(String.raw`^${LONG_DAY}, (?<day>\d\d)-${MONTH}-(?<year>\d\d) ${TIME} GMT$`),
  // Sun Nov  6 08:49:37 1994
  new RegExp(String.raw`^${DAY} ${MONTH} (?<day>[ \d]\d) ${TIME} (?<year>\d{4})$`),
];

/** A two-digit year further ahead than this, in years, belongs to the previous century. */
const MAX_YEARS_AHEAD = 50;

/**
 * Parses an HTTP date in each of its three formats. Undefined when it is invalid, so that the header is ignored.
 * `Date.parse` would accept much more, such as `2026` or `5`.
 *
 * @see RFC 9110, section 5.6.7
 */
export function parseHttpDate(text: string): Date | undefined {
  for (const format of FORMATS) {
    const groups = format.exec(text.trim())?.groups;
    if (groups) return toDate(groups);
  }
  return undefined;
}

function toDate({
  year = '',
  month = '',
  day,
  hour,
  minute,
  second,
}: Record<string, string>): Date | undefined {
  const [d, h, m, s] = [day, hour, minute, second].map(Number) as [number, number, number, number];
  const at = MONTHS.indexOf(month);
  const date = new Date(0);
  date.setUTCFullYear(year.length === 2 ? fullYear(Number(year)) : Number(year), at, d);
  date.setUTCHours(h, m, Math.min(s, 59));
  // `Date` moves a day that the month does not have into the next month. A leap second counts as the second before it.
  const exists = date.getUTCMonth() === at && date.getUTCDate() === d && h < 24 && m < 60 && s <= 60;
  return exists ? date : undefined;
}

function fullYear(twoDigits: number): number {
  const now = new Date().getUTCFullYear();
  const year = now - (now % 100) + twoDigits;
  return year > now + MAX_YEARS_AHEAD ? year - 100 : year;
}
