import { mkdirSync } from 'node:fs';
import { findProgram } from '../find-program.ts';
import type { ProgramProvider } from '../service.ts';

const folders = ['/opt/homebrew/bin'];

/** The installed redis-server, with a separate configuration. */
export const installedRedis: ProgramProvider = {
  kind: 'program',
  name: 'redis-server',
  obstacle: async () => (findProgram('redis-server', folders) ? undefined : 'no redis-server on PATH'),

  async prepare(place) {
    mkdirSync(place.data, { recursive: true });
    const options = {
      port: place.port,
      bind: '127.0.0.1',
      dir: place.data,
      appendonly: 'yes',
      appendfsync: 'everysec',
      'maxmemory-policy': 'noeviction',
      save: '',
      daemonize: 'no',
    };
    const args = Object.entries(options).flatMap(([key, value]) => [`--${key}`, String(value)]);
    return { file: findProgram('redis-server', folders) ?? 'redis-server', args, cwd: place.data };
  },
};
