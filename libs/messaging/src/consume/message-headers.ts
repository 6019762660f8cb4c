import { Header } from '../headers.js';
import { type PlainValue, PlainReader } from './plain-value.js';

/** Headers that the broker writes or acts on. They are removed from a message that is sent on. */
const BROKER_HEADERS = /^(x-death|x-first-death-.*|x-last-death-.*|x-delivery-count|x-delivery-limit)$/i;
/** The broker would send a copy to each queue that these headers name. */
const ROUTING = new Set(['cc', 'bcc']);

/** These are read first, so that too many other headers cannot displace them. */
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

/** Other functions read these headers. */
const APART = new Set<string>([Header.failures, Header.unidentified, Header.damage]);

/** The headers of a message as plain values, limited in number and size. */
export function plainHeaders(headers: Readonly<Record<string, unknown>>): Record<string, PlainValue> {
  const first = OWN_HEADERS.filter((key) => headers[key] !== undefined);
  const others = Object.keys(headers).filter(
    (key) => !first.includes(key as never) && !ROUTING.has(key.toLowerCase()) && !APART.has(key),
  );
  return new PlainReader().table([...first, ...others].map((key) => [key, headers[key]] as const));
}

/** The headers that are copied to another queue: single values, without the broker's own headers. */
export function portableHeaders(headers: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([key, value]) =>
        Buffer.byteLength(key) <= 255 &&
        (typeof value !== 'object' || value === null) &&
        !BROKER_HEADERS.test(key),
    ),
  );
}
