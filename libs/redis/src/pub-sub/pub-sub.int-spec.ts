import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { given } from '../../../../test/support/apps/given.js';
import { ScratchRedisCluster } from '../../../../test/support/servers/scratch-redis-cluster.js';
import { ScratchRedisServer } from '../../../../test/support/servers/scratch-redis-server.js';
import { PubSub, RedisModule, RedisUnavailableError, type Subscription } from '../index.js';

describe.each(['one server', 'a cluster'] as const)('a subscription on %s', (kind) => {
  let cluster: ScratchRedisCluster | undefined;
  let servers: readonly ScratchRedisServer[];
  let app: INestApplicationContext;
  let other: INestApplicationContext;
  let subscriptions: Subscription[] = [];

  const start = (environment: Record<string, string>) =>
    given
      .app('gateway')
      .with(RedisModule.forRoot())
      .configured({ ...environment, APP__REDIS__COMMAND_TIMEOUT: '500ms' })
      .start();

  beforeAll(async () => {
    cluster = kind === 'a cluster' ? await ScratchRedisCluster.start({ primaries: 3 }) : undefined;
    servers = cluster?.servers ?? [await ScratchRedisServer.start()];
    const [first = '', ...others] = servers.map(({ url }) => url);
    const nodes: Record<string, string> = cluster
      ? { APP__REDIS__STATE__CLUSTER_NODES: JSON.stringify(others) }
      : {};
    [app, other] = (await Promise.all(
      [1, 2].map(() => start({ APP__REDIS__STATE__URL: first, ...nodes })),
    )) as [INestApplicationContext, INestApplicationContext];
  });
  beforeEach(() => void (subscriptions = []));
  afterEach(async () => void (await Promise.all(subscriptions.map((subscription) => subscription.close()))));
  afterAll(async () => {
    await Promise.all([app, other].map((each) => each.close()));
    await Promise.all(servers.map((server) => server.remove()));
  });

  const subscribe = async (...parameters: Parameters<PubSub['subscribe']>) => {
    const subscription = await app.get(PubSub).subscribe(...parameters);
    subscriptions.push(subscription);
    return subscription;
  };
  /** On a cluster each node forwards its own messages, so the order is undefined. */
  const inOrder = (messages: string[]) => (cluster ? messages.toSorted() : messages);
  const publish = (message: string) => other.get(PubSub).publish('news', message);

  it('receives messages from its start until it is closed', async () => {
    const seen: string[] = [];
    const subscription = await subscribe('news', (message) => void seen.push(message));
    for (const message of ['a', 'b', 'c']) await publish(message);
    await eventually(() => expect(inOrder(seen)).toEqual(['a', 'b', 'c']));
    await subscription.close();
    const last = jest.fn<(message: string) => void>();
    await subscribe('news', last);
    await publish('d');
    await eventually(() => expect(last).toHaveBeenCalledWith('d'));
    expect(seen).toHaveLength(3);
  });

  it('is restored after the connection was lost, and reports a possible gap', async () => {
    const seen: string[] = [];
    const onGap = jest.fn<() => void>();
    const subscription = await subscribe('news', (message) => void seen.push(message), { onGap });
    for (const server of servers) {
      const client = server.client();
      await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
      client.disconnect();
    }
    await eventually(() => expect(onGap).toHaveBeenCalledTimes(1));
    expect(subscription.established).toBe(true);
    await publish('after');
    await eventually(() => expect(seen).toEqual(['after']));
  });

  it('drops the oldest waiting message of a slow handler, and reports a gap', async () => {
    const seen: string[] = [];
    const gate = Promise.withResolvers<void>();
    const handler = (message: string) => gate.promise.then(() => void seen.push(message));
    const onGap = jest.fn<() => void>();
    await subscribe('news', handler, { maxWaiting: 2, onGap });
    const all = jest.fn<() => void>();
    await subscribe('news', all);
    for (const message of ['a', 'b', 'c', 'd', 'e']) await publish(message);
    await eventually(() => expect(all).toHaveBeenCalledTimes(5));
    gate.resolve();
    await eventually(() => expect(seen).toHaveLength(3));
    expect(seen.slice(cluster ? 3 : 1)).toEqual(cluster ? [] : ['d', 'e']);
    expect(onGap).toHaveBeenCalledTimes(2);
  });

  it('continues after a handler has failed', async () => {
    const handler = jest.fn((message: string) => {
      if (message === 'bad') throw new Error('cannot');
    });
    await subscribe('news', handler);
    await publish('bad');
    await publish('good');
    await eventually(() => expect(handler).toHaveBeenCalledTimes(2));
  });

  it('fails in time when Redis does not answer, and existing subscriptions survive', async () => {
    const seen: string[] = [];
    await subscribe('news', (message) => void seen.push(message));
    for (const server of servers) server.pause();
    try {
      await expect(subscribe('other', jest.fn<() => void>())).rejects.toBeInstanceOf(RedisUnavailableError);
    } finally {
      for (const server of servers) server.resume();
    }
    await eventually(async () => {
      await publish('back');
      expect(seen).toContain('back');
    });
  });
});
