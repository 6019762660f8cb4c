import { describe, expect, it } from '@jest/globals';
import { runningSystem } from '../../support/apps/running-system.js';
import { expectError } from '../expect-error.js';
import { type UserReply, UsersApi } from './users-api.js';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('a user', () => {
  const { http, apps } = runningSystem();
  const users = new UsersApi(http);

  it('receives their stored data without the password, which is in no log either', async () => {
    const { password, ...profile } = { ...UsersApi.newcomer(), password: 'unheard-of secret' };
    const reply = await users.register({ ...profile, password });
    const user = reply.json<UserReply>();
    const instant = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(reply.status).toBe(201);
    expect(user).toEqual({
      ...profile,
      id: expect.stringMatching(UUID_V7),
      roles: ['user'],
      created_at: instant,
      updated_at: instant,
      version: 1,
    });
    expect(reply.headers).toMatchObject({ location: `/api/v1/users/${user.id}`, etag: '"1"' });
    expect((await users.send('GET', `/api/v1/users/${user.id.toUpperCase()}`)).json()).toEqual(user);
    for (const app of [apps.gateway, apps['grpc-server']]) expect(app.log.text()).not.toContain(password);
  });

  it('is not sent again to a client that has the current version', async () => {
    const { id } = await users.somebody();
    const read = (tag: string) =>
      users.send('GET', `/api/v1/users/${id}`, { headers: { 'if-none-match': tag } });
    expect(await read('"1"')).toMatchObject({ status: 304, text: '', headers: { etag: '"1"' } });
    expect((await read('"2"')).status).toBe(200);
  });

  it.each<[string, string, number]>([
    ['GET', 'if-match', 412],
    ['HEAD', 'if-match', 412],
    ['HEAD', 'if-none-match', 304],
    ['DELETE', 'if-none-match', 412],
    ['PATCH', 'if-none-match', 412],
  ])('is checked by %s against %s', async (method, header, status) => {
    const { id } = await users.somebody();
    const tag = header === 'if-match' ? '"9"' : 'W/"1", "9"';
    const body = method === 'PATCH' ? { name: 'Nobody' } : undefined;
    const path = `/api/v1/users/${id}`;
    expect((await users.send(method, path, { headers: { [header]: tag }, body })).status).toBe(status);
    expect((await users.send('GET', path)).json()).toMatchObject({ version: 1 });
  });

  it('changes for every client that accepts any version', async () => {
    const { id } = await users.somebody();
    const patches = Array.from({ length: 10 }, (_, index) => users.patch(id, { name: `Ada ${index}` }, '*'));
    for (const { status } of await Promise.all(patches)) expect(status).toBe(200);
  });

  it('changes only in the given fields, and gets a new version', async () => {
    const user = await users.somebody();
    const reply = await users.patch(user.id, { name: 'Ada', roles: ['user', 'editor'] }, '"1"');
    expect(reply.headers['etag']).toBe('"2"');
    expect(reply.json()).toEqual({
      ...user,
      name: 'Ada',
      roles: ['user', 'editor'],
      version: 2,
      updated_at: expect.any(String),
    });
    expect(reply.json<UserReply>().updated_at > user.updated_at).toBe(true);
  });

  it.each(['"9"', '"1", "9"', 'W/"2"', 'version 2'])(
    'is not changed for If-Match %s when the version is 2',
    async (tag) => {
      const { id } = await users.somebody();
      const changed = (await users.patch(id, { name: 'Grace' })).json();
      expectError(await users.patch(id, { name: 'Nobody' }, tag), 412, 'PRECONDITION_FAILED');
      const removal = users.send('DELETE', `/api/v1/users/${id}`, { headers: { 'if-match': tag } });
      expectError(await removal, 412, 'PRECONDITION_FAILED');
      expect((await users.send('GET', `/api/v1/users/${id}`)).json()).toEqual(changed);
    },
  );

  it('changes once when fifty requests change the same version', async () => {
    const { id } = await users.somebody();
    const names = Array.from({ length: 50 }, (_, index) => `Ada ${index}`);
    const replies = await Promise.all(names.map((name) => users.patch(id, { name }, '"1"')));
    const [winner, ...others] = replies.filter(({ status }) => status === 200);
    expect(others).toEqual([]);
    expect(replies.filter(({ status }) => status === 412)).toHaveLength(49);
    const user = (await users.send('GET', `/api/v1/users/${id}`)).json();
    expect(user).toEqual(winner?.json());
    expect(user).toMatchObject({ version: 2 });
  });

  it('is registered once when twenty requests have the same address, in any case', async () => {
    const { email, ...rest } = UsersApi.newcomer();
    const spelt = (index: number) => (index % 2 === 0 ? email.toUpperCase() : email.toLowerCase());
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, index) => users.register({ ...rest, email: spelt(index) })),
    );
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    const refusals = replies.filter(({ status }) => status !== 201);
    for (const reply of refusals) expectError(reply, 409, 'EMAIL_TAKEN');
    const { id } = await users.somebody();
    expectError(await users.patch(id, { email }), 409, 'EMAIL_TAKEN');
  });

  it('is 404 after their deletion, and their address is free again', async () => {
    const newcomer = UsersApi.newcomer();
    const { id } = (await users.register(newcomer)).json<UserReply>();
    const path = `/api/v1/users/${id}`;
    expect((await users.send('DELETE', path, { headers: { 'if-match': '"1"' } })).status).toBe(204);
    for (const method of ['GET', 'DELETE'])
      expectError(await users.send(method, path), 404, 'USER_NOT_FOUND');
    expectError(await users.patch(id, { name: 'Ghost' }, '"1"'), 404, 'USER_NOT_FOUND');
    expect((await users.register(newcomer)).status).toBe(201);
  });

  it('does not exist when an operator requests me', async () => {
    expectError(await users.send('GET', '/api/v1/users/me'), 404, 'USER_NOT_FOUND');
  });
});

describe('the list of users', () => {
  const users = new UsersApi(runningSystem().http);

  it('contains every existing user once, while others register', async () => {
    const present = await Promise.all(Array.from({ length: 12 }, () => users.somebody()));
    const met: string[] = [];
    let newcomers = 0;
    await users.walk(5, async (page) => {
      met.push(...page.map(({ id }) => id));
      // Only a few, so that the list ends.
      if (newcomers++ < 5) await users.somebody();
    });
    expect(new Set(met).size).toBe(met.length);
    expect(met).toEqual(expect.arrayContaining(present.map(({ id }) => id)));
    expect(met).toEqual([...met].sort());
  });

  it('has two addresses', async () => {
    const [one, other] = await Promise.all([
      users.send('GET', '/api/v1/users?limit=1'),
      users.send('GET', '/api/users?limit=1'),
    ]);
    expect(one.json<{ items: unknown[] }>().items).toHaveLength(1);
    expect(other.text).toBe(one.text);
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=ten',
    'cursor=',
    'cursor=me',
    'cursor=AAAAAAAAAAAAAAAAAAAAAB',
    'page=2',
  ])('is refused for %s', async (query) => {
    expectError(await users.send('GET', `/api/v1/users?${query}`), 400, 'VALIDATION_FAILED');
  });
});
