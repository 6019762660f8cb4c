import { once } from 'node:events';
import { connect } from 'node:http2';
import { Lifecycle } from '@app/lifecycle';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { answer, EchoFixture, request } from '../../../test/support/apps/echo-fixture.js';

describe('while a stopping server still serves', () => {
  let fixture: EchoFixture;
  beforeEach(async () => {
    fixture = await EchoFixture.open();
  });
  afterEach(() => fixture.close());

  it('calls are answered, whether they were sent before or after the GOAWAY arrived', async () => {
    await fixture.client.echo(request('tea'));
    fixture.server.get(Lifecycle).startDraining();
    for (let round = 0; round < 20; round++) {
      const calls = Array.from({ length: 10 }, () => fixture.client.echo(request('tea')));
      expect(await Promise.all(calls)).toEqual(calls.map(() => answer('tea')));
    }
  });

  it('a client moves to another connection at the end of its next call', async () => {
    const session = connect(`http://127.0.0.1:${fixture.port}`);
    await once(session, 'connect');
    fixture.server.get(Lifecycle).startDraining();
    const call = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    call.resume().end(Buffer.alloc(5));
    await once(session, 'goaway');
    await once(call, 'close');
    expect(call.rstCode).toBe(0);
    await once(session, 'close');
  });
});
