import { RequestContext, toTraceparent } from '@app/context';

/** The headers of the project, beside the properties that AMQP names itself. */
export const Header = {
  /** Which attempt this is, from 1. */
  attempt: 'x-attempt',
  requestId: 'x-request-id',
  traceparent: 'traceparent',
  /** What went wrong so far: JSON, see `Failure`. */
  failures: 'x-failures',
  /** How often a quorum queue has delivered it before; set by the broker. */
  deliveries: 'x-delivery-count',
  /** Says `true` of a message that came without an id of its own, and was given one on its way to quarantine. */
  unidentified: 'x-unidentified',
  /** Says of a message on its way to quarantine what of it could not be taken over, so that it is refused there. */
  damage: 'x-damage',
  /** How often the worker sent it back to its queue after the broker had given it up without a cause. */
  returns: 'x-returns',
  /** Where a delayed message goes. */
  target: 'x-target-queue',
  targetExchange: 'x-target-exchange',
  /** When it is due by the clock of its sender: milliseconds since 1970. */
  dueAt: 'x-due-at',
  /** How long it is delayed: milliseconds, which need no clock that agrees with another. */
  delay: 'x-delay-ms',
} as const;

/** What hands the context of the work that runs here on to whoever handles the message. */
export function contextHeaders(): Record<string, string> {
  const context = RequestContext.current();
  if (!context) return {};
  return { [Header.requestId]: context.requestId, [Header.traceparent]: toTraceparent(context.trace) };
}
