import { describe, expect, it } from '@jest/globals';
import { createHttpAdapter } from './http.adapter.js';
import { httpConfig } from './http.config.js';

const read = (timeouts: object) => httpConfig.schema.safeParse({ port: 0, ...timeouts });

describe('the time-outs of a request', () => {
  it('may be as long as a person wants', () => {
    const config = httpConfig.schema.parse({ port: 0, headersTimeout: '1h', requestTimeout: '1h' });
    const server: { headersTimeout: number } = createHttpAdapter(config).getHttpServer();
    expect(server.headersTimeout).toBe(3_600_000);
  });

  it('must leave a request the time of its headers', () => {
    expect(read({ headersTimeout: '11m' }).success).toBe(false);
    expect(read({ headersTimeout: '10m' }).success).toBe(true);
  });
});
