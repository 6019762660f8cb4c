import { timingSafeEqual } from 'node:crypto';

/** Compares signatures in constant time. */
export function equalText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
