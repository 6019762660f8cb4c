import { credentials } from '../credentials.ts';
import { containerProvider } from '../providers/container.provider.ts';
import { installedRabbitmq } from '../providers/installed-rabbitmq.provider.ts';
import type { Service } from '../service.ts';

const { user, password } = credentials;

export const rabbitmqService: Service = {
  name: 'rabbitmq',
  title: 'RabbitMQ',
  setting: ['rabbitmq.url', 'AMQP_URL'],
  providers: [containerProvider, installedRabbitmq],
  systemPackage: 'rabbitmq-server',
  remedies: ['macOS: brew install rabbitmq (3.10 or later)'],
  url: (port) => `amqp://${user}:${password}@127.0.0.1:${port}`,

  async answers(port) {
    const { connect } = await import('amqplib');
    const connection = await connect(rabbitmqService.url(port), { timeout: 2_000 });
    connection.on('error', () => undefined);
    await connection.close();
  },
};
