import { constants, type ServerHttp2Stream } from 'node:http2';
import { type EchoResponse, EchoRequest, EchoServiceDefinition } from '@app/contracts';
import type { INestApplicationContext } from '@nestjs/common';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { given } from '../../../../test/support/apps/given.js';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { Http2Peer } from '../../../../test/support/network/http2-peer.js';
import { GrpcClientModule } from '../grpc-client.module.js';

abstract class Client {
  abstract echo(request: EchoRequest): Promise<EchoResponse>;
}

let peer: Http2Peer;
let app: INestApplicationContext;

beforeEach(async () => {
  peer = await Http2Peer.listen();
  app = await given
    .app('gateway')
    .with(GrpcClientModule.forFeature('worker', { client: Client, definition: EchoServiceDefinition }))
    .configured({
      APP__UPSTREAMS__WORKER__ADDRESS: `127.0.0.1:${peer.port}`,
      APP__UPSTREAMS__WORKER__KEEPALIVE_TIME: '100ms',
      APP__RESILIENCE__POLICIES__WORKER__ATTEMPT_TIMEOUT: '20s',
    })
    .start();
});
afterEach(async () => {
  await app.close();
  await peer.close();
});

const call = () => app.get(Client).echo(EchoRequest.create({ name: 'tea' }));

it('a call that a server has accepted is answered after its GOAWAY, however many keepalive intervals later', async () => {
  const arrived: ServerHttp2Stream[] = [];
  peer.behaviour = (stream) => void arrived.push(stream);
  const first = call();
  await eventually(() => expect(arrived).toHaveLength(1));
  const [accepted] = arrived;
  accepted?.session?.goaway(constants.NGHTTP2_NO_ERROR, accepted.id);

  // The pings of the next connection show that the intervals have passed.
  const next = call();
  await eventually(() => expect(arrived).toHaveLength(2));
  let pings = 0;
  arrived[1]?.session?.on('ping', () => (pings += 1));
  await eventually(() => expect(pings).toBe(3));

  for (const stream of arrived) Http2Peer.answer(stream, Buffer.alloc(0));
  await expect(Promise.all([first, next])).resolves.toHaveLength(2);
});
