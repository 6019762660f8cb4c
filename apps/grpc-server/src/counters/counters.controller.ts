import {
  type BatchGetCountersRequest,
  type BatchGetCountersResponse,
  type BatchIncrementRequest,
  type BatchIncrementResponse,
  type Counter,
  CountersServiceDefinition,
  type CountersServiceImplementation,
  type GetCounterRequest,
  type IncrementRequest,
} from '@app/contracts';
import { InternalError, ValidationFailedError } from '@app/errors';
import { GrpcService, toRpcStatus } from '@app/grpc';
import { Controller } from '@nestjs/common';
import { CallKeys } from './calls/call.keys.js';
import type { CounterKey } from './counter.key.js';
import { type IncrementOutcome, CountersService } from './counters.service.js';

@Controller()
@GrpcService(CountersServiceDefinition)
export class CountersController implements CountersServiceImplementation {
  constructor(
    private readonly counters: CountersService,
    private readonly keys: CallKeys,
  ) {}

  async increment(request: IncrementRequest): Promise<Counter> {
    const [outcome] = await this.counters.increment([request], this.keys.of(request));
    if (typeof outcome !== 'number') throw outcome ?? noOutcome();
    return counterOf(request, outcome);
  }

  async batchIncrement(request: BatchIncrementRequest): Promise<BatchIncrementResponse> {
    const { items } = request;
    refuseKeysOf(items);
    const outcomes = await this.counters.increment(items, this.keys.of(request));
    return { items: items.map((item, index) => ({ outcome: outcomeOf(item, outcomes[index]) })) };
  }

  async get(request: GetCounterRequest): Promise<Counter> {
    const [value = 0] = await this.counters.read([request]);
    return counterOf(request, value);
  }

  async batchGet({ items }: BatchGetCountersRequest): Promise<BatchGetCountersResponse> {
    const values = await this.counters.read(items);
    return { items: items.map((item, index) => counterOf(item, values[index] ?? 0)) };
  }
}

function counterOf({ resourceId, counterType }: CounterKey, currentValue: number): Counter {
  return { resourceId, counterType, currentValue };
}

function outcomeOf(key: CounterKey, outcome: IncrementOutcome | undefined) {
  return typeof outcome === 'number'
    ? { $case: 'counter' as const, value: counterOf(key, outcome) }
    : { $case: 'error' as const, value: toRpcStatus(outcome ?? noOutcome()) };
}

/**
 * Rejects keys on the items of a batch. Such a key would have no effect, and a repeated item would be counted twice.
 */
function refuseKeysOf(items: readonly IncrementRequest[]): void {
  const issues = items.flatMap(({ idempotencyKey, attemptKey }, index) => {
    if (!idempotencyKey && attemptKey === '') return [];
    const name = idempotencyKey ? 'idempotency_key' : 'attempt_key';
    return [{ path: `items[${index}].${name}`, message: 'must be empty: the batch has a key' }];
  });
  if (issues.length > 0) throw ValidationFailedError.of(issues);
}

function noOutcome(): InternalError {
  return InternalError.because(new Error('an increment has no outcome'));
}
