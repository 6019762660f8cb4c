import { Public } from '@app/auth';
import { RequestContext } from '@app/context';
import {
  Counter,
  CounterRankingServiceClient,
  CountersServiceClient,
  type IncrementOutcome,
  type IncrementRequest,
  RankedCounter,
  RankingWindow,
} from '@app/contracts';
import { fromRpcStatus } from '@app/grpc';
import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query } from '@nestjs/common';
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

const WINDOWS = { '1h': RankingWindow.HOUR, '24h': RankingWindow.DAY, all: RankingWindow.ALL } as const;

@Public()
@Controller('api/v1/counter')
export class CountersController {
  constructor(
    private readonly counters: CountersServiceClient,
    private readonly ranking: CounterRankingServiceClient,
    private readonly batcher: IncrementBatcher,
  ) {}

  @Post('increment')
  @HttpCode(200)
  async increment(
    @Body({ schema: increment }) body: IncrementBody,
    @Headers('idempotency-key') header?: string,
  ): Promise<unknown> {
    const idempotencyKey = idempotencyKeyOf(header);
    return Counter.toJSON(await this.batcher.increment({ ...incrementOf(body), idempotencyKey }));
  }

  @Post('batch/increment')
  @HttpCode(200)
  async batchIncrement(
    @Body({ schema: batchIncrement }) { items }: BatchIncrementBody,
    @Headers('idempotency-key') header?: string,
  ): Promise<unknown> {
    const idempotencyKey = idempotencyKeyOf(header);
    const request = { items: items.map(incrementOf), idempotencyKey, attemptKey: '' };
    return { items: (await this.batcher.batchIncrement(request)).items.map(outcomeJson) };
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
}

function outcomeJson({ outcome }: IncrementOutcome): unknown {
  if (outcome?.$case === 'counter') return Counter.toJSON(outcome.value);
  if (!outcome) return {};
  const { status, reason, message, details = {} } = fromRpcStatus(outcome.value);
  const traceId = RequestContext.current()?.trace.traceId;
  return { error: { code: status.http, reason, message, trace_id: traceId, details } };
}

function incrementOf({ delta, ...key }: IncrementBody): IncrementRequest {
  return { ...keyOf(key), delta, idempotencyKey: undefined, attemptKey: '' };
}

function keyOf({ resource_id, counter_type }: CounterParams) {
  return { resourceId: resource_id, counterType: counter_type };
}
