import { once } from 'node:events';
import { connect } from 'node:http2';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { answer, EchoFixture, request } from '../../../test/support/apps/echo-fixture.js';
import { eventually } from '../../../test/support/assertions/eventually.js';

let fixture: EchoFixture;
beforeEach(async () => {
  fixture = await EchoFixture.open({
    APP__GRPC__MAX_CONNECTION_AGE: '1s',
    APP__GRPC__KEEPALIVE_TIME: '100ms',
    APP__RESILIENCE__POLICIES__GRPC_SERVER__ATTEMPT_TIMEOUT: '20s',
  });
});
afterEach(() => fixture.close());

it('a call ends in its own time when its connection has reached its greatest age', async () => {
  const waiting = fixture.client.echo(request('wait'));
  await eventually(() => expect(fixture.script.waiting).toBe(1));

  await pinged(3);

  expect(fixture.script).toMatchObject({ waiting: 1, aborted: [] });
  fixture.script.finish();
  await expect(waiting).resolves.toEqual(answer('wait'));
});

/** Resolves when a new connection has reached its age too, and another one has received this many keepalive pings. */
async function pinged(count: number): Promise<void> {
  const url = `http://127.0.0.1:${fixture.port}`;
  const aged = connect(url).on('error', () => undefined);
  await once(aged, 'goaway');
  const young = connect(url).on('error', () => undefined);
  for (let ping = 0; ping < count; ping++) await once(young, 'ping');
}
