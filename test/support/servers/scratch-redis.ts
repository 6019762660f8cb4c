import { loadConfig } from '@app/config';
import { type RedisConfig, redisConfig } from '@app/redis';

/** Spec files run side by side: each worker of Jest has a database of its own; the apps of e2e use 0. */
const DATABASE = 1 + (Number(process.env['JEST_WORKER_ID'] ?? 1) % 15);

/** The test stack's Redis, in a database that no other spec uses at the same time; or a server of the spec's own. */
export async function redisOfTests(own?: string): Promise<RedisConfig['state']> {
  const environment = { ...process.env, APP_ENV: 'test' };
  const read = async (url?: string) => {
    const variables = url === undefined ? environment : { ...environment, APP__REDIS__STATE__URL: url };
    return (await loadConfig({ app: 'tests', definitions: [redisConfig], environment: variables })).handle(
      redisConfig,
    ).current.state;
  };
  if (own !== undefined) return read(own);
  const { url } = await read();
  return read(new URL(`/${DATABASE}`, url.href).href);
}
