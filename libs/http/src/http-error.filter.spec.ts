import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OutcomeUnknownError } from '@app/errors';
import { createHttpAdapter, httpConfig, httpTransport, HttpModule } from '@app/http';
import { Controller, Delete, Get, type INestApplication, Post } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { given } from '../../../test/support/apps/given.js';
import { HttpClient } from '../../../test/support/network/http-client.js';

@Controller('orders')
class Orders {
  @Get()
  read(): never {
    throw OutcomeUnknownError.of('redis');
  }

  @Post()
  place(): never {
    throw OutcomeUnknownError.of('redis');
  }

  @Delete()
  remove(): never {
    throw OutcomeUnknownError.of('redis');
  }
}

describe('the error of a request with an unknown outcome', () => {
  let app: INestApplication;
  let http: HttpClient;

  beforeAll(async () => {
    app = await given
      .app('gateway')
      .with(HttpModule)
      .controlledBy(Orders)
      .through(createHttpAdapter(httpConfig.schema.parse({ port: 0 })))
      .configured({ APP__HTTP__PORT: '0', APP__HTTP__HOST: '127.0.0.1' })
      .serving(httpTransport);
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    http = new HttpClient(`http://127.0.0.1:${port}`);
  });
  afterAll(() => app.close());

  it.each(['POST', 'DELETE'])('says that a %s may have taken effect', async (method) => {
    const reply = await http.request(method, '/orders');
    expect([reply.status, reply.headers['retry-after']]).toEqual([503, '1']);
    expect(reply.json()).toMatchObject({
      code: 503,
      reason: 'OUTCOME_UNKNOWN',
      message: expect.stringContaining('Repeat it with the same Idempotency-Key'),
      details: { outcome: 'unknown' },
    });
  });

  it('has no outcome for a GET', async () => {
    const reply = await http.request('GET', '/orders');
    expect(reply.json()).toMatchObject({ code: 503, reason: 'UPSTREAM_UNAVAILABLE' });
    expect(reply.text).not.toContain('outcome');
  });
});
