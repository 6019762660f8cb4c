import { Public } from '@app/auth';
import { Counter, CountersServiceClient } from '@app/contracts';
import { Body, Controller, Get, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { IncrementBatcher } from '../../../../apps/gateway/src/counters/increment.batcher.js';
import {
  counterKey,
  type CounterParams,
  idempotencyKeyOf,
  increment,
  type IncrementBody,
} from './counters.schemas.js';

/** The operations as the gateway had them before its routes were generated. */
@Public()
@Controller('by-hand/counter')
export class CountersController {
  constructor(
    private readonly counters: CountersServiceClient,
    private readonly batcher: IncrementBatcher,
  ) {}

  @Post('increment')
  @HttpCode(200)
  async increment(
    @Body({ schema: increment }) { resource_id, counter_type, delta }: IncrementBody,
    @Headers('idempotency-key') header?: string,
  ): Promise<unknown> {
    const counter = await this.batcher.increment({
      resourceId: resource_id,
      counterType: counter_type,
      delta,
      idempotencyKey: idempotencyKeyOf(header),
      attemptKey: '',
    });
    return Counter.toJSON(counter);
  }

  @Get(':resource_id/:counter_type')
  async read(@Param({ schema: counterKey }) { resource_id, counter_type }: CounterParams): Promise<unknown> {
    const counter = await this.counters.get({ resourceId: resource_id, counterType: counter_type });
    return Counter.toJSON(counter);
  }
}
