import { afterEach, describe, expect, it } from '@jest/globals';
import { type AppProcess, startApp } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import { byForm } from '../../support/assertions/form.js';
import { MetricsPage } from '../../support/assertions/metrics-page.js';
import { heldUpload } from './sender.js';

const SIZE_MIB = byForm({ short: 8, full: 20 });
const SIZE = SIZE_MIB * 1024 ** 2;

describe(`uploads of ${SIZE_MIB} MiB`, () => {
  const started: AppProcess[] = [];

  afterEach(async () => {
    await Promise.all(started.splice(0).map((app) => app.stop()));
  });

  it('that the gateway has begun to receive are completed and registered when it stops', async () => {
    const server = await startApp('grpc-server');
    const upstream = { APP__UPSTREAMS__GRPC_SERVER__ADDRESS: `127.0.0.1:${server.port}` };
    const gateway = await startApp('gateway', { env: { ...upstream, APP__LIFECYCLE__DRAIN_WAIT: '0s' } });
    started.push(await server.ready(), await gateway.ready());
    const uploads = [1, 2, 3, 4].map(() => heldUpload(gateway.http, SIZE));
    await eventually(async () => {
      const metrics = new MetricsPage((await gateway.management.get('/metrics')).text);
      expect(metrics.sum('http_inflight_requests')).toBe(uploads.length);
    });
    gateway.signal('SIGTERM');
    for (const { goOn } of uploads) goOn();
    const replies = await Promise.all(uploads.map(({ reply }) => reply));
    expect(replies.map((reply) => [reply.status, reply.json()['size']])).toEqual(
      uploads.map(() => [201, SIZE]),
    );
    expect(await gateway.exited).toEqual({ code: 0, signal: null });
    expect(gateway.log.errors()).toEqual([]);
  });
});
