import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FilesServiceDefinition } from '@app/contracts';
import { type AppProcess, startApp } from '../../support/apps/app-process.js';
import { eventually } from '../../support/assertions/eventually.js';
import { GrpcCaller } from '../../support/network/grpc-caller.js';
import { ScratchSchema } from '../../support/servers/scratch-schema.js';

/** In the short form a gateway stops while a request never ends. */
describe('a grpc-server that stops while a call never ends', () => {
  let schema: ScratchSchema;
  let server: AppProcess;

  beforeEach(async () => {
    schema = await ScratchSchema.of('grpc-server');
    server = await startApp('grpc-server', {
      env: { ...schema.env, APP__LIFECYCLE__SHUTDOWN_TIMEOUT: '2s' },
    });
    await server.ready();
  });

  afterEach(async () => {
    await server.stop();
    await schema.postgres.drop();
  });

  it('gives up by its deadline, names the call, and exits with 1', async () => {
    const release = await schema.postgres.lock('file');
    const caller = new GrpcCaller(server.port);
    const sha256 = '0'.repeat(64);
    const call = caller
      .call(FilesServiceDefinition.methods.register, {
        key: 'endless',
        size: 1,
        contentType: 'text/plain',
        sha256,
      })
      .catch((error: unknown) => error);
    await eventually(async () => expect(await schema.postgres.waitingFor('file')).toBe(1));
    const signalledAt = performance.now();
    server.signal('SIGTERM');
    expect(await server.exited).toEqual({ code: 1, signal: null });
    expect(performance.now() - signalledAt).toBeLessThan(4_000);
    expect(server.log.errors().at(-1)?.msg).toMatch(
      /left behind: grpc server: .*FilesService\/Register \(for \d+ ms\)/,
    );
    expect(await call).toMatchObject({ code: 14 });
    await release();
    caller.close();
  });
});
