import { RequestContext, toTraceparent } from '@app/context';

/** The headers of the project, in addition to the standard AMQP properties. */
export const Header = {
  /** Which attempt this is, from 1. */
  attempt: 'x-attempt',
  requestId: 'x-request-id',
  traceparent: 'traceparent',
  /** The failures so far: JSON, see `Failure`. */
  failures: 'x-failures',
  /** How often a quorum queue has delivered it before; set by the broker. */
  deliveries: 'x-delivery-count',
  /** `true` for a message that came without a valid id and received one on its way to quarantine. */
  unidentified: 'x-unidentified',
  /** On the way to quarantine: which part of the message cannot be stored unchanged. It is rejected there. */
  damage: 'x-damage',
  /** How often the worker sent it back because the broker gave it up although no handler had failed on it. */
  returns: 'x-returns',
  /** Where a delayed message goes. */
  target: 'x-target-queue',
  targetExchange: 'x-target-exchange',
  /** When it is due, by the clock of its sender: milliseconds since 1970. */
  dueAt: 'x-due-at',
  /** How long it is delayed, in milliseconds. It does not depend on the sender's clock. */
  delay: 'x-delay-ms',
} as const;

/** Headers that pass the current request id and trace to the handler of the message. */
export function contextHeaders(): Record<string, string> {
  const context = RequestContext.current();
  if (!context) return {};
  return { [Header.requestId]: context.requestId, [Header.traceparent]: toTraceparent(context.trace) };
}
