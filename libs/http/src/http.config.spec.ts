import { describe, expect, it } from '@jest/globals';
import { checkIntervalFor } from './connection/check-interval.js';
import { createHttpAdapter } from './http.adapter.js';
import { httpConfig } from './http.config.js';

const read = (timeouts: object) => httpConfig.schema.safeParse({ port: 0, ...timeouts });

describe('the time-outs of a request', () => {
  it('may be an hour', () => {
    const config = httpConfig.schema.parse({ port: 0, headersTimeout: '1h', requestTimeout: '1h' });
    const server: { headersTimeout: number } = createHttpAdapter(config).getHttpServer();
    expect(server.headersTimeout).toBe(3_600_000);
  });

  it('must not be shorter for the request than for its headers', () => {
    expect(read({ headersTimeout: '11m' }).success).toBe(false);
    expect(read({ headersTimeout: '10m' }).success).toBe(true);
  });

  it('are enforced at most a second late, or a tenth late when they are short', () => {
    expect([checkIntervalFor(10_000, 600_000), checkIntervalFor(600_000, 300), checkIntervalFor(1)]).toEqual([
      1_000, 30, 10,
    ]);
  });
});

describe('the memory of arriving bodies', () => {
  it('has room for the largest body', () => {
    expect(read({ bodyBudget: '1023KiB' }).success).toBe(false);
    expect(read({ bodyBudget: '1MiB' }).success).toBe(true);
  });
});
