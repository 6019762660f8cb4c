import { Header } from '../headers.js';
import { type PlainValue, PlainReader } from './plain-value.js';

/** What the broker writes into headers, or obeys: a message that is sent on brings none of it. */
const OF_THE_BROKER = /^(x-death|x-first-death-.*|x-last-death-.*|x-delivery-count|x-delivery-limit)$/i;
/** The broker would hand a copy to each queue that is named here. */
const ROUTING = new Set(['cc', 'bcc']);

/** First, so that a flood of others cannot push them out. */
const OWN_HEADERS = [
  Header.attempt,
  Header.requestId,
  Header.traceparent,
  Header.returns,
  Header.target,
  Header.targetExchange,
  Header.dueAt,
  Header.delay,
] as const;

/** Read apart. */
const APART = new Set<string>([Header.failures, Header.unidentified, Header.damage]);

/** The headers of a message, made plain and small. */
export function plainHeaders(headers: Readonly<Record<string, unknown>>): Record<string, PlainValue> {
  const first = OWN_HEADERS.filter((key) => headers[key] !== undefined);
  const others = Object.keys(headers).filter(
    (key) => !first.includes(key as never) && !ROUTING.has(key.toLowerCase()) && !APART.has(key),
  );
  return new PlainReader().table([...first, ...others].map((key) => [key, headers[key]] as const));
}

/** Those that a message takes along to another queue: single values, and nothing of the broker's. */
export function portableHeaders(headers: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([key, value]) =>
        Buffer.byteLength(key) <= 255 &&
        (typeof value !== 'object' || value === null) &&
        !OF_THE_BROKER.test(key),
    ),
  );
}
