import { defineExchange, defineQueue } from '@app/contracts';
import { RabbitMqModule } from '@app/rabbitmq';
import { Controller, Module } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { Consume } from '../consume/consume.decorator.js';
import { describeTopology } from './describe-topology.js';

const happened = defineExchange({ name: 'happened' });
const tasks = defineQueue({ name: 'tasks', public: true });
const audit = defineQueue({ name: 'audit', from: happened });

@Controller()
class Listener {
  @Consume({ queue: audit, retry: ['7s'] })
  onHappened(): Promise<void> {
    return Promise.resolve();
  }

  other(): void {
    // No handler.
  }
}

@Module({ controllers: [Listener] })
class Slice {}

@Module({ imports: [Slice, RabbitMqModule.forFeature(tasks, happened), RabbitMqModule.forFeature(tasks)] })
class App {}

describe('the topology of an app', () => {
  it('has the queues that it consumes and declares, each once, with their broker queues', async () => {
    const { consumes, declares } = await describeTopology(App);
    expect(declares.map(({ name }) => name)).toEqual(['tasks', 'happened']);
    expect(consumes).toMatchObject([{ name: 'audit', from: happened, retry: ['7s'] }]);
    expect(consumes[0]?.brokerQueues.map(({ name }) => name)).toEqual([
      'audit.dead',
      'audit',
      'audit.quarantine',
      'audit.retry.7s',
    ]);
  });
});
