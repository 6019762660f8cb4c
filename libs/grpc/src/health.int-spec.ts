import { Readiness } from '@app/lifecycle';
import { Client, type ClientReadableStream, credentials, type ServiceError } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { service } from 'grpc-health-check';
import { EchoFixture } from '../../../test/support/apps/echo-fixture.js';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { fromWire } from './wire-error.js';

const ECHO = 'ganymede.testing.v1.EchoService';
const {
  Check: check,
  Watch: watch,
  List: list,
} = service as unknown as Record<'Check' | 'Watch' | 'List', typeof service.check>;

describe('health over gRPC', () => {
  let fixture: EchoFixture;
  let client: Client;
  let up = true;
  beforeEach(async () => {
    up = true;
    fixture = await EchoFixture.open({ APP__LIFECYCLE__CHECK_CACHE: '1ms' });
    const dependency = async () => {
      if (!up) throw new Error('down');
    };
    fixture.server.get(Readiness).register({ name: 'database', needed: true, check: dependency });
    client = new Client(`127.0.0.1:${fixture.port}`, credentials.createInsecure());
  });
  afterEach(async () => {
    client.close();
    await fixture.close();
  });

  const ask = (name: string) =>
    new Promise<unknown>((resolve) =>
      client.makeUnaryRequest(
        check.path,
        check.requestSerialize,
        check.responseDeserialize,
        { service: name },
        (error, answer) => resolve((answer as { status: string } | undefined)?.status ?? error?.code),
      ),
    );

  function follow(name: string) {
    const statuses: string[] = [];
    const stream = client.makeServerStreamRequest(
      watch.path,
      watch.requestSerialize,
      watch.responseDeserialize,
      { service: name },
    ) as unknown as ClientReadableStream<{ status: string }>;
    stream.on('data', ({ status }: { status: string }) => statuses.push(status));
    const ended = new Promise<ServiceError>((resolve) => stream.on('error', resolve));
    return { statuses, ended };
  }

  it('is SERVING for "liveness" whatever the state of the dependencies', async () => {
    up = false;
    await eventually(async () => expect(await ask('')).toBe('NOT_SERVING'));
    expect(await ask('liveness')).toBe('SERVING');
  });

  it('follows the readiness of the app, for it and for each service', async () => {
    expect(await Promise.all([ask(''), ask(ECHO), ask('nobody')])).toEqual(['SERVING', 'SERVING', 5]);
    up = false;
    await eventually(async () =>
      expect([await ask(''), await ask(ECHO)]).toEqual(['NOT_SERVING', 'NOT_SERVING']),
    );
    up = true;
    await eventually(async () => expect(await ask(ECHO)).toBe('SERVING'));
  });

  it('lists the app and each service with its status', async () => {
    up = false;
    const answer = await new Promise<unknown>((resolve, reject) =>
      client.makeUnaryRequest(
        list.path,
        list.requestSerialize,
        list.responseDeserialize,
        {},
        (error, reply) => (error ? reject(error) : resolve(reply)),
      ),
    );
    const status = 'NOT_SERVING';
    expect(answer).toMatchObject({ statuses: { '': { status }, [ECHO]: { status } } });
    expect(answer).not.toHaveProperty('statuses.liveness');
  });

  it('is sent to watchers, each change once, until the server has stopped', async () => {
    const { statuses, ended } = follow(ECHO);
    const unknown = follow('nobody');
    await eventually(() => expect([statuses, unknown.statuses]).toEqual([['SERVING'], ['SERVICE_UNKNOWN']]));
    up = false;
    await eventually(() => expect(statuses).toEqual(['SERVING', 'NOT_SERVING']));
    up = true;
    await eventually(() => expect(statuses).toEqual(['SERVING', 'NOT_SERVING', 'SERVING']));
    await fixture.server.close();
    expect(statuses).toEqual(['SERVING', 'NOT_SERVING', 'SERVING', 'NOT_SERVING']);
    expect(fromWire(await ended, 'echo', watch.path).reason).toBe('SHUTTING_DOWN');
  });
});
