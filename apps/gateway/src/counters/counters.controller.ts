import { Public } from '@app/auth';
import {
  Counter,
  CounterRankingServiceClient,
  CountersServiceClient,
  type IncrementOutcome,
  type IncrementRequest,
  RankedCounter,
  RankingWindow,
} from '@app/contracts';
import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query } from '@nestjs/common';
import { failureOf } from './counters.errors.js';
import {
  batchGet,
  type BatchGetBody,
  batchIncrement,
  type BatchIncrementBody,
  counterKey,
  type CounterParams,
  idempotencyKeyOf,
  increment,
  type IncrementBody,
  type TopQuery,
  topQuery,
} from './counters.schemas.js';
import { IncrementBatcher } from './increment.batcher.js';
import { IncrementSender } from './increment.sender.js';

const WINDOWS = { '1h': RankingWindow.HOUR, '24h': RankingWindow.DAY, all: RankingWindow.ALL } as const;

@Public()
@Controller('api/v1/counter')
export class CountersController {
  constructor(
    private readonly counters: CountersServiceClient,
    private readonly ranking: CounterRankingServiceClient,
    private readonly batcher: IncrementBatcher,
    private readonly sender: IncrementSender,
  ) {}

  @Post('increment')
  @HttpCode(200)
  async increment(
    @Body({ schema: increment }) body: IncrementBody,
    @Headers('idempotency-key') header?: string,
  ): Promise<unknown> {
    const key = idempotencyKeyOf(header);
    const request = incrementOf(body);
    const counter = await (key === undefined
      ? this.batcher.increment(request)
      : this.counters.increment({ ...request, idempotencyKey: key }));
    return Counter.toJSON(counter);
  }

  @Post('batch/increment')
  @HttpCode(200)
  async batchIncrement(
    @Body({ schema: batchIncrement }) { items }: BatchIncrementBody,
    @Headers('idempotency-key') header?: string,
  ): Promise<unknown> {
    const key = idempotencyKeyOf(header);
    const outcomes = await this.outcomesOf(items.map(incrementOf), key);
    const failed = outcomes.flatMap(({ outcome }, index) => (outcome?.$case === 'counter' ? [] : [index]));
    const counters = outcomes.map((outcome) => {
      if (outcome.outcome?.$case === 'counter') return Counter.toJSON(outcome.outcome.value);
      throw failureOf(outcome, { failed, note: 'The other increments of this batch took effect.' });
    });
    return { items: counters };
  }

  @Post('batch')
  @HttpCode(200)
  async batch(@Body({ schema: batchGet }) { items }: BatchGetBody): Promise<unknown> {
    const counters = await this.counters.batchGet({ items: items.map(keyOf) });
    return { items: counters.items.map((counter) => Counter.toJSON(counter)) };
  }

  @Get('top')
  async top(@Query({ schema: topQuery }) { counter_type, window, limit }: TopQuery): Promise<unknown> {
    const { items, asOf } = await this.ranking.top({
      counterType: counter_type,
      window: WINDOWS[window],
      limit,
    });
    return { items: items.map((item) => RankedCounter.toJSON(item)), as_of: asOf };
  }

  @Get(':resource_id/:counter_type')
  async read(@Param({ schema: counterKey }) params: CounterParams): Promise<unknown> {
    return Counter.toJSON(await this.counters.get(keyOf(params)));
  }

  private async outcomesOf(
    items: IncrementRequest[],
    idempotencyKey: string | undefined,
  ): Promise<IncrementOutcome[]> {
    if (idempotencyKey === undefined) return this.sender.many(items);
    return (await this.counters.batchIncrement({ items, idempotencyKey, attemptKey: '' })).outcomes;
  }
}

function incrementOf({ delta, ...key }: IncrementBody): IncrementRequest {
  return { ...keyOf(key), delta, idempotencyKey: '', attemptKey: '' };
}

function keyOf({ resource_id, counter_type }: CounterParams) {
  return { resourceId: resource_id, counterType: counter_type };
}
