import { setTimeout as delay } from 'node:timers/promises';
import { DevelopmentOnly } from '@app/auth';
import { Metrics } from '@app/telemetry';
import { Controller, Get, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';

const slowQuery = z.strictObject({ ms: z.coerce.number().int().min(0).max(60_000).default(500) });

/** Routes for development and tests: a fast response, a slow one, and a failure. */
@DevelopmentOnly()
@Controller()
export class DiagnosticsController {
  constructor(private readonly telemetry: Metrics) {}

  @Get('ping')
  ping(): string {
    return 'pong';
  }

  @Get('slow')
  async slow(@Query({ schema: slowQuery }) { ms }: z.output<typeof slowQuery>) {
    await delay(ms);
    return { waited_ms: ms };
  }

  @Get('panic')
  panic(): never {
    throw new Error('a failure on request');
  }

  /** The same page as on the management port. */
  @Get('metrics')
  async metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { contentType, body } = await this.telemetry.expose();
    void reply.type(contentType);
    return body;
  }
}
