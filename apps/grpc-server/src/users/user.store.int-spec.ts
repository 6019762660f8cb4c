import { collectFeatures, Migrator, PostgresModule, TransactionHost } from '@app/postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ScratchPostgres } from '../../../../test/support/servers/scratch-postgres.js';
import { Users1763650100000 } from './migrations/1763650100000-users.migration.js';
import { uuidV7 } from '@app/ids';
import { UserEntity } from './user.entity.js';
import { UserStore } from './user.store.js';

const feature = PostgresModule.forFeature({ entities: [UserEntity], migrations: [Users1763650100000] });
const profile = { email: 'Ada@example.org', name: 'Ada', roles: ['user'] };
const ada = { ...profile, passwordHash: '$argon2id$…' };

describe('the store of users', () => {
  let scratch: ScratchPostgres;
  let store: UserStore;
  let transactions: TransactionHost;
  let id: string;

  beforeAll(async () => {
    scratch = await ScratchPostgres.create();
    await new Migrator(scratch.config, await collectFeatures(feature)).migrate();
    const app = await scratch.start({ imports: [PostgresModule.forRoot(), feature], providers: [UserStore] });
    [store, transactions] = [app.get(UserStore), app.get(TransactionHost)];
  });
  afterAll(() => scratch.drop());
  beforeEach(async () => {
    await scratch.empty('user_account');
    id = uuidV7();
    await store.insert({ id, ...ada });
  });

  it('stores the hash of a password, and never returns it', async () => {
    const user = { id, ...profile, createdAt: expect.any(Date), updatedAt: expect.any(Date) };
    expect(await store.find(id)).toEqual({ ...user, version: 1 });
    expect(await store.list(1)).toEqual([{ ...user, version: 1 }]);
    expect(await store.update(id, [], { passwordHash: '$other' })).toEqual({ ...user, version: 2 });
    expect(await scratch.execute('SELECT password_hash FROM user_account')).toEqual([
      { password_hash: '$other' },
    ]);
    expect(await store.remove(id, [])).toEqual({ ...user, version: 2 });
  });

  it('changes the given fields, and increments the version also when there is none', async () => {
    expect(await store.update(id, [], { name: 'Countess', roles: [] })).toMatchObject({
      name: 'Countess',
      roles: [],
      email: 'Ada@example.org',
      version: 2,
    });
    expect(await store.update(id, [], {})).toMatchObject({ name: 'Countess', version: 3 });
  });

  it('changes and removes a user only in one of the given versions', async () => {
    expect(await store.update(id, [2, 3], { name: 'Countess' })).toBeUndefined();
    expect(await store.update(id, [1, 3], { name: 'Countess' })).toMatchObject({ version: 2 });
    expect(await store.remove(id, [1])).toBeUndefined();
    expect(await store.remove(id, [2])).toMatchObject({ id });
    expect(await store.find(id)).toBeUndefined();
  });

  it('stores an address once, in any case, for a new user and for a changed address', async () => {
    const other = { ...ada, id: uuidV7(), email: 'ada@EXAMPLE.org' };
    await expect(store.insert(other)).rejects.toHaveReason('EMAIL_TAKEN');
    await store.insert({ ...other, email: 'grace@example.org' });
    const taken = store.update(other.id, [], { email: other.email });
    await expect(taken).rejects.toHaveReason('EMAIL_TAKEN');
  });

  it('writes in the open transaction', async () => {
    const undone = transactions.run(async () => {
      await store.update(id, [], { name: 'Countess' });
      await store.remove(id, []);
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    expect(await store.find(id)).toMatchObject({ name: 'Ada', version: 1 });
  });
});
