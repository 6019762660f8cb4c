import { loadConfig } from '@app/config';
import { type RedisConfig, redisConfig } from '@app/redis';

/** Spec files run in parallel, so each Jest worker has its own database. The apps of e2e use 0. */
const DATABASE = 1 + (Number(process.env['JEST_WORKER_ID'] ?? 1) % 15);

/** The Redis of the test stack, in a database that no other spec uses at the same time; or the spec's own server. */
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
