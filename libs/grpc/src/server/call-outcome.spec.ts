import { EchoServiceDefinition, type IdempotencyLevel } from '@app/contracts';
import {
  DeadlineExceededError,
  OutcomeUnknownError,
  ShuttingDownError,
  UpstreamUnavailableError,
} from '@app/errors';
import { describe, expect, it } from '@jest/globals';
import { withCallOutcome } from './call-outcome.js';
import type { ServedMethod } from './served-method.js';

const methodOf = (idempotency: IdempotencyLevel) =>
  ({
    path: '/S/M',
    definition: { ...EchoServiceDefinition.methods.echo, idempotency },
  }) as unknown as ServedMethod;

const LATE = DeadlineExceededError.of('a query');
const STEP_REFUSED = UpstreamUnavailableError.of('worker', undefined, 'refused');
const UNKNOWN = OutcomeUnknownError.of('redis');

/** The error, whether its handler had begun, and the outcome that a client reads for a write and for a read. */
const CASES = [
  [LATE, true, ['DEADLINE_EXCEEDED', 'unknown'], ['DEADLINE_EXCEEDED', undefined]],
  [LATE, false, ['DEADLINE_EXCEEDED', 'refused'], ['DEADLINE_EXCEEDED', undefined]],
  [UNKNOWN, true, ['OUTCOME_UNKNOWN', 'unknown'], ['UPSTREAM_UNAVAILABLE', undefined]],
  // A refused step says nothing about the earlier steps.
  [STEP_REFUSED, true, ['UPSTREAM_UNAVAILABLE', undefined], ['UPSTREAM_UNAVAILABLE', undefined]],
  [ShuttingDownError.create(), false, ['SHUTTING_DOWN', 'refused'], ['SHUTTING_DOWN', undefined]],
] as const;

describe('the outcome of a served call', () => {
  it.each(CASES)('that fails with %s (handler begun: %s)', (error, hasHandler, ofWrite, ofRead) => {
    for (const [idempotency, expected] of [
      ['unknown', ofWrite],
      ['idempotent', ofWrite],
      ['no_side_effects', ofRead],
    ] as const) {
      const { reason, outcome, details } = withCallOutcome(error, methodOf(idempotency), hasHandler);
      expect([reason, outcome]).toEqual(expected);
      expect(details?.['outcome']).toBe(outcome);
    }
  });
});
