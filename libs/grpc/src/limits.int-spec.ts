import { EchoRequest, EchoServiceDefinition } from '@app/contracts';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EchoFixture, request } from '../../../test/support/apps/echo-fixture.js';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { asIs, toBuffer } from './message-bytes.js';
import { fromWire } from './wire-error.js';

const { path } = EchoServiceDefinition.methods.echo;

describe('a request that exceeds a limit', () => {
  let fixture: EchoFixture;
  let client: Client;
  beforeAll(async () => {
    fixture = await EchoFixture.open({
      APP__GRPC__MAX_MESSAGE_SIZE: '64KiB',
      APP__GRPC__MAX_METADATA_SIZE: '4KiB',
    });
    client = new Client(`127.0.0.1:${fixture.port}`, credentials.createInsecure());
  });
  afterAll(async () => {
    client.close();
    await fixture.close();
  });

  /** A call by another client than ours. */
  const call = (bytes: Buffer, metadata = new Metadata()) =>
    new Promise<ServiceError | null>((resolve) => {
      client.makeUnaryRequest(path, asIs, asIs, bytes, metadata, (error) => resolve(error));
    });
  const meant = (error: ServiceError | null) => fromWire(error, 'grpc_server', path);
  const valid = toBuffer(EchoRequest, request('tea'));

  it('is refused when its message is too large, before it is decoded', async () => {
    const error = meant(await call(Buffer.alloc(70_000)));
    expect(error).toMatchObject({
      reason: 'PAYLOAD_TOO_LARGE',
      status: { http: 413, grpc: 8 },
      details: { max_message_size: 65_536 },
    });
    expect(error.message).toContain('max_message_size');
    await eventually(async () => {
      const page = await fixture.metrics();
      expect(page.sum('grpc_requests_total', { method: path, code: 'RESOURCE_EXHAUSTED' })).toBe(1);
      expect(page.sum('grpc_requests_in_flight')).toBe(0);
    });
  });

  it('is refused when its metadata are too large', async () => {
    const metadata = new Metadata();
    metadata.set('x-large', 'a'.repeat(5000));
    expect(meant(await call(valid, metadata))).toMatchObject({
      reason: 'METADATA_TOO_LARGE',
      status: { http: 431, grpc: 8 },
    });
    expect(await call(valid)).toBeNull();
  });

  it('is refused when it is not a valid message', async () => {
    const error = meant(await call(Buffer.from([0xff, 0xff, 0xff])));
    expect(error).toMatchObject({ reason: 'MALFORMED_MESSAGE', status: { grpc: 3 } });
  });

  it('is refused with a list of all its faults, for clients of any language', async () => {
    const error = await call(toBuffer(EchoRequest, { ...request('tea'), amount: 11, name: '' }));
    expect(meant(error).details).toMatchObject({ issues: [{ path: 'name' }, { path: 'amount' }] });
    const [details] = error?.metadata.get('grpc-status-details-bin') ?? [];
    expect(String(details)).toContain('google.rpc.BadRequest');
  });

  it('is refused through our client too, which has the same limit', async () => {
    const large = request('tea', 'x'.repeat(5 * 1024 * 1024));
    await expect(fixture.client.echo(large)).rejects.toMatchObject({
      reason: 'PAYLOAD_TOO_LARGE',
      status: { http: 413 },
    });
  });
});
