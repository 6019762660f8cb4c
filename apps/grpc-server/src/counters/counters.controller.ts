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
import { InternalError } from '@app/errors';
import { GrpcService } from '@app/grpc';
import { Controller } from '@nestjs/common';
import type { CounterKey } from './counter.key.js';
import { type IncrementOutcome, CountersService } from './counters.service.js';

@Controller()
@GrpcService(CountersServiceDefinition)
export class CountersController implements CountersServiceImplementation {
  constructor(private readonly counters: CountersService) {}

  async increment(request: IncrementRequest): Promise<Counter> {
    const [outcome] = await this.counters.increment([request]);
    if (typeof outcome !== 'number') throw outcome ?? noOutcome();
    return counterOf(request, outcome);
  }

  async batchIncrement({ items }: BatchIncrementRequest): Promise<BatchIncrementResponse> {
    const outcomes = await this.counters.increment(items);
    return { outcomes: items.map((item, index) => ({ outcome: toWire(item, outcomes[index]) })) };
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

function toWire(key: CounterKey, outcome: IncrementOutcome | undefined) {
  if (typeof outcome === 'number') return { $case: 'counter' as const, value: counterOf(key, outcome) };
  const { reason, message, status } = outcome ?? noOutcome();
  return { $case: 'failure' as const, value: { reason, message, code: status.grpc } };
}

function noOutcome(): InternalError {
  return InternalError.because(new Error('an increment has no outcome'));
}
