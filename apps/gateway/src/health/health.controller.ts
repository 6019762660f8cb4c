import { Public, PublicInDevelopment } from '@app/auth';
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { HealthService } from './health.service.js';

@Controller()
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Public()
  @Get(['health', 'api/v1/health'])
  check() {
    return { status: 'ok', timestamp: new Date().toISOString() };
  }

  @PublicInDevelopment('admin')
  @Get('health/detail')
  async detail(@Res({ passthrough: true }) reply: FastifyReply) {
    const detail = await this.health.detail();
    void reply.status(detail.status === 'ok' ? 200 : 503);
    return detail;
  }
}
