import { createHash, randomBytes } from 'node:crypto';
import { dashedUuid, uuidV7Time } from '@app/ids';

const HOUR_MS = 60 * 60 * 1000;
/** How long an id is valid after its message was due, in milliseconds. */
const ID_VALIDITY_MS = 24 * HOUR_MS;
/** How far the clocks of two gateways may be apart, in milliseconds. */
const CLOCK_SKEW_MS = 60_000;

/**
 * The id of a message that a client submits: a UUID of version 7 whose last 16 bits are a checksum of the others. A
 * client receives the id only when its message is accepted. So an id with a valid checksum proves the acceptance, even
 * if Redis has lost its data. It is no authentication: a client that forges an id gets the state of a message that does
 * not exist. Ten bits hold the delay of the message in hours; 48 bits are random.
 *
 * @param delayMs milliseconds, at most 30 days
 */
export function newAcceptedId(delayMs: number): string {
  const time = Date.now().toString(16).padStart(12, '0');
  const random = randomBytes(7);
  const hours = (Math.ceil(delayMs / HOUR_MS) << 2) | ((random[6] ?? 0) & 3);
  const variant = 0x80 | ((random[0] ?? 0) & 0x3f);
  const hex = `${time}7${hex3(hours)}${variant.toString(16)}${random.toString('hex', 1, 6)}`;
  return dashedUuid(hex + checkOf(hex));
}

/** The time of acceptance in an id; undefined for an invalid id, or when the message was due more than a day ago. */
export function acceptedAt(messageId: string): Date | undefined {
  const time = uuidV7Time(messageId);
  const hex = messageId.replaceAll('-', '');
  if (time === undefined || checkOf(hex.slice(0, -4)) !== hex.slice(-4)) return undefined;
  const delayMs = (Number.parseInt(hex.slice(13, 16), 16) >> 2) * HOUR_MS;
  const age = Date.now() - time;
  return age > -CLOCK_SKEW_MS && age < delayMs + ID_VALIDITY_MS ? new Date(time) : undefined;
}

function checkOf(hex: string): string {
  return createHash('sha256').update(`accepted message ${hex}`).digest('hex').slice(0, 4);
}

function hex3(number: number): string {
  return number.toString(16).padStart(3, '0');
}
