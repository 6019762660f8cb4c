import { once } from 'node:events';
import { connect } from 'node:net';
import { containerProvider } from '../providers/container.provider.ts';
import { installedRedis } from '../providers/installed-redis.provider.ts';
import type { Service } from '../service.ts';

export const redisService: Service = {
  name: 'redis',
  title: 'Redis',
  setting: ['redis.state.url', 'REDIS_URL'],
  providers: [containerProvider, installedRedis],
  systemPackage: 'redis-server',
  remedies: ['macOS: brew install redis (7 or later)'],
  url: (port) => `redis://127.0.0.1:${port}`,

  async answers(port) {
    const socket = connect({ host: '127.0.0.1', port, timeout: 2_000 });
    try {
      socket.once('timeout', () => socket.destroy(new Error('no answer within 2 s')));
      socket.write('PING\r\n');
      const [reply] = (await once(socket, 'data')) as [Buffer];
      if (!reply.toString().startsWith('+PONG')) throw new Error(reply.toString().trim());
    } finally {
      socket.destroy();
    }
  },
};
