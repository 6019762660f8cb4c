import { Client, credentials } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { EchoFixture } from '../../../test/support/apps/echo-fixture.js';

const reachable = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const client = new Client(address, credentials.createInsecure());
    client.waitForReady(Date.now() + 5_000, (error) => {
      client.close();
      resolve(!error);
    });
  });

describe('a gRPC server', () => {
  it.each(['::', '[::1]', '::1'])('is reachable over IPv6 when it listens on %s', async (host) => {
    const fixture = await EchoFixture.open({ APP__GRPC__HOST: host });
    try {
      expect(await reachable(`[::1]:${fixture.port}`)).toBe(true);
    } finally {
      await fixture.close();
    }
  });
});
