import { ConfigStore } from '@app/config';
import { lifecycleConfig } from '@app/lifecycle';
import { resilienceConfig, ResilienceModule } from '@app/resilience';
import { describe, expect, it } from '@jest/globals';
import { PasswordHasher } from './password.hasher.js';
import { onPlatform } from '../../../../test/support/apps/platform.js';

async function hasher(bulkhead?: { maxConcurrent: number; queue: number }): Promise<PasswordHasher> {
  const store = ConfigStore.of([
    [resilienceConfig, resilienceConfig.schema.parse({ policies: { passwords: { bulkhead } } })],
    [lifecycleConfig, lifecycleConfig.schema.parse({})],
  ]);
  const module = await onPlatform(store, {
    imports: [ResilienceModule],
    providers: [PasswordHasher],
  }).compile();
  return module.get(PasswordHasher);
}

describe('the hash of a password', () => {
  it('contains its parameters, and differs each time', async () => {
    const passwords = await hasher();
    const [one, other] = await Promise.all([passwords.hash('secret word'), passwords.hash('secret word')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(other).not.toBe(one);
  });

  it('is verified only by its password, in any Unicode form', async () => {
    const passwords = await hasher();
    const hash = await passwords.hash('caf\u00e9 noir');
    expect(await passwords.verify('cafe\u0301 noir', hash)).toBe(true);
    expect(await passwords.verify('cafe noir', hash)).toBe(false);
    expect(await passwords.verify('caf\u00e9 noir', 'not a hash')).toBe(false);
  });

  it('is verified when another program made it, at another cost', async () => {
    // By the reference implementation: argon2 somesalt -id -t 2 -k 65536 -p 1 -l 32
    const known = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    expect(await (await hasher()).verify('password', known)).toBe(true);
  });

  it('is refused when too many callers wait for one', async () => {
    const passwords = await hasher({ maxConcurrent: 1, queue: 1 });
    const hashes = Array.from({ length: 3 }, () => passwords.hash('secret word'));
    const refused = (await Promise.allSettled(hashes)).filter(({ status }) => status === 'rejected');
    expect(refused).toMatchObject([{ reason: { reason: 'QUEUE_FULL' } }]);
  });
});
