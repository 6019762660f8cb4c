/** A double holds every decimal literal of at most this many characters, without exponent, exactly. */
const SAFE_LENGTH = 15;
const ZERO = 0x30;

/**
 * Whether a JSON number keeps its value as a double: its decimal value equals that of the shortest text of the same
 * double. So `1.0`, `1e2`, `0.1` and `-0` are kept; `1e400`, `9007199254740993` and `0.1000000000000000055` are not.
 *
 * @param hasExponent whether the literal has one
 */
export function isKeptByDouble(literal: string, hasExponent: boolean): boolean {
  if (literal.length <= SAFE_LENGTH && !hasExponent) return true;
  const value = Number(literal);
  if (!Number.isFinite(value)) return false;
  const shortest = String(value);
  return shortest === literal || decimalOf(shortest) === decimalOf(literal);
}

/** The decimal value in normal form: its digits without outer zeros, and the power of ten of the last digit. */
function decimalOf(literal: string): string {
  const text = literal.toLowerCase();
  const mark = text.indexOf('e');
  const mantissa = mark < 0 ? text : text.slice(0, mark);
  const exponent = mark < 0 ? 0 : Number(text.slice(mark + 1));
  const isNegative = mantissa.startsWith('-');
  const point = mantissa.indexOf('.');
  const fractionLength = point < 0 ? 0 : mantissa.length - point - 1;
  const digits = (isNegative ? mantissa.slice(1) : mantissa).replace('.', '');
  let start = 0;
  let end = digits.length;
  while (digits.charCodeAt(start) === ZERO) start += 1;
  while (end > start && digits.charCodeAt(end - 1) === ZERO) end -= 1;
  if (start === end) return '0';
  const power = exponent - fractionLength + (digits.length - end);
  return `${isNegative ? '-' : ''}${digits.slice(start, end)}e${power}`;
}
