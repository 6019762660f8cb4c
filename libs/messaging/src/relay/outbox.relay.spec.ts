import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ConfigHandle } from '@app/config';
import type { Lifecycle, Participant } from '@app/lifecycle';
import type { PostgresConfig, TransactionHost } from '@app/postgres';
import { type BrokerMessage, type ConfirmPublisher, PublishRefusedError } from '@app/rabbitmq';
import { Metrics, NoSpans } from '@app/telemetry';
import { Logger } from '@nestjs/common';
import { MetricsPage } from '../../../../test/support/assertions/metrics-page.js';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import type { MessagingConfig } from '../messaging.config.js';
import { OutboxListener } from './outbox.listener.js';
import { OutboxRelay } from './outbox.relay.js';
import { RelayMetrics } from './relay.metrics.js';

const CONFIG = {
  relay: { sources: ['grpc_server'], batchSize: 7, pollInterval: 3_600_000, maxBackOff: 3_600_000 },
};
const EVENT = { message_id: 'm', type: null, aggregate_key: null, headers: {}, payload: Buffer.from('1') };

function rowOf(id: string, queue: string): object {
  return { ...EVENT, id, queue, created_at: new Date(0), held_until: null, part: queue, share: 10 };
}

describe('the relay', () => {
  let taken: [schema: string, limit: unknown][];
  let rows: object[];
  let notify: (schema: string) => void;
  let participants: Participant[];
  let publish: (message: BrokerMessage) => Promise<void>;
  let metrics: Metrics;

  /** A database whose outboxes have `rows` once. */
  const query = (sql: string, parameters: readonly unknown[] = []): Promise<object[]> => {
    if (sql.includes('advisory')) return Promise.resolve([{ owned: true }]);
    const [, schema] = /"(\w+)"\.outbox/.exec(sql) ?? [];
    if (schema === undefined || !sql.includes('RECURSIVE')) return Promise.resolve([]);
    taken.push([schema, parameters[0]]);
    return Promise.resolve(rows.splice(0));
  };
  const start = () => {
    const listen = (_channel: string, listener: typeof notify) => {
      notify = listener;
      return { close: () => Promise.resolve() };
    };
    new OutboxRelay(
      new ConfigHandle(CONFIG as unknown as MessagingConfig),
      new ConfigHandle({ schema: 'worker' } as PostgresConfig),
      { query, run: (work: () => unknown) => work() } as unknown as TransactionHost,
      { publish: (message: BrokerMessage) => publish(message) } as unknown as ConfirmPublisher,
      new RelayMetrics(metrics),
      new OutboxListener({ listen }),
      new NoSpans(),
      { register: (each: Participant) => participants.push(each) } as unknown as Lifecycle,
    ).onApplicationBootstrap();
  };
  const end = async (phase: 'stopIntake' | 'drain') => {
    for (const participant of participants) await participant[phase]?.();
  };
  const schemas = () => taken.map(([schema]) => schema).toSorted();

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    [taken, rows, participants] = [[], [], []];
    publish = () => Promise.resolve();
    metrics = new Metrics(new NoSpans());
  });
  afterEach(async () => {
    await end('stopIntake');
  });

  it('publishes the outboxes of its sources and its own, in batches, and again when it is notified', async () => {
    start();
    const all = ['grpc_server', 'grpc_server', 'worker', 'worker'];
    await eventually(() => expect(schemas()).toEqual(all));
    expect(new Set(taken.map(([, limit]) => limit))).toEqual(new Set([7]));
    // The batches of the start have ended.
    await end('drain');
    notify('worker');
    await eventually(() => expect(schemas()).toEqual([...all, 'worker', 'worker']));
  });

  it('ends its batch when it stops', async () => {
    const [begun, confirmed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    publish = () => (begun.resolve(), confirmed.promise);
    rows = [rowOf('1', 'q')];
    start();
    await begun.promise;
    let hasEnded = false;
    const stopping = (async () => {
      await end('stopIntake');
      await end('drain');
      hasEnded = true;
    })();
    await nextTurn();
    expect(hasEnded).toBe(false);
    confirmed.resolve();
    await stopping;
  });

  it('logs an event that it defers, with its destination and its error', async () => {
    const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const error = PublishRefusedError.of('full');
    rows = [rowOf('1', 'full')];
    publish = () => Promise.reject(error);
    start();
    await end('drain');
    expect(logged.mock.calls).toEqual([
      [expect.objectContaining({ queue: 'full', message_id: 'm', err: error }), expect.any(String)],
    ]);
    logged.mockRestore();
  });

  it('counts what was confirmed and what was not', async () => {
    rows = [rowOf('1', 'q'), rowOf('2', 'full')];
    publish = ({ queue }) =>
      queue === 'full' ? Promise.reject(PublishRefusedError.of(queue)) : Promise.resolve();
    start();
    await end('drain');
    const page = new MetricsPage((await metrics.expose()).body);
    const counted = (outcome: string) => page.sum('outbox_relayed_total', { outcome });
    expect([counted('confirmed'), counted('failed')]).toEqual([1, 1]);
  });
});
