import type { Readiness, ReadinessReport } from '@app/lifecycle';
import { ConfigStore } from '@app/config';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { freePort } from '../../../test/support/network/free-port.js';
import type { ManagementConfig } from './bootstrap.config.js';
import { ManagementServer, type ManagementSubject } from './management.server.js';

describe('the probes on the management port', () => {
  const report = jest.fn<() => Promise<ReadinessReport>>();
  let origin: string;

  const statusOf = async (path: string) => (await fetch(origin + path)).status;

  beforeAll(async () => {
    const port = await freePort();
    const config = { host: '127.0.0.1', port } as ManagementConfig;
    const subject = { store: ConfigStore.of([]), readiness: { report } as unknown as Readiness };
    await new ManagementServer(config, subject as unknown as ManagementSubject).listen();
    origin = `http://127.0.0.1:${port}`;
  });

  it.each([
    [true, 200],
    [false, 503],
  ])('reply at /readyz of an app whose readiness is %s with %i', async (ready, status) => {
    report.mockResolvedValue({ ready, state: 'ready', checks: {} });
    expect(await statusOf('/readyz')).toBe(status);
  });

  it('reply at /livez without a check of any dependency', async () => {
    report.mockReset().mockReturnValue(new Promise(() => undefined));
    expect(await statusOf('/livez')).toBe(200);
    expect(report).not.toHaveBeenCalled();
  });
});
