import {
  defineEvent,
  defineExchange,
  defineQueue,
  EchoRequest,
  type MessageContract,
  type ValidEchoRequest,
  validateEchoRequest,
} from '@app/contracts';
import { describe, expect, it } from '@jest/globals';
import { Consume } from './consume.decorator.js';
import { receiveBy } from './event-queue.js';

const contract: MessageContract<EchoRequest, ValidEchoRequest> = {
  codec: EchoRequest,
  validate: validateEchoRequest,
};
const exchange = defineExchange({ name: 'echo_exchange' });
const [echoes, others] = [defineQueue({ name: 'echoes' }), defineQueue({ name: 'others' })];
const listener = defineQueue({ name: 'listener', from: exchange });
const heard = defineEvent('echo.heard.v1', contract, echoes);
const faded = defineEvent('echo.faded.v1', contract, echoes);
const elsewhere = defineEvent('echo.gone.v1', contract, others);
const announced = defineEvent('echo.announced.v1', contract, exchange);
const said = defineEvent('echo.said.v1', undefined, echoes);

describe('the queue of a handler of events', () => {
  it.each([
    ['that of its event', [heard], undefined, echoes],
    ['that of all its events', [heard, faded], undefined, echoes],
    ['one that is defined from the exchange of its event', [announced], listener, listener],
  ])('is %s', (_what, events, queue, expected) => {
    expect(receiveBy(events, queue)).toMatchObject({ queue: expected, schema: expect.anything() });
  });

  it('has no schema for an event of any JSON', () => {
    expect(receiveBy([said], undefined)).toEqual({ queue: echoes });
  });

  it.each([
    ['an event for an exchange without a queue', [announced], undefined, /echo_exchange/],
    ['a queue that is not bound to the exchange', [announced], others, /echo_exchange/],
    ['a queue other than that of the event', [heard], others, /echoes, not to others/],
    ['events of two queues', [heard, elsewhere], undefined, /a handler for each/],
    ['two messages of one queue', [heard, said], undefined, /a handler for each/],
    ['no event', [], undefined, /at least one/],
  ])('is rejected for %s', (_what, events, queue, message) => {
    expect(() => receiveBy(events, queue)).toThrow(message);
  });
});

describe('a handler of an event', () => {
  it('compiles only with the message of the event', () => {
    class Handlers {
      @Consume({ event: heard })
      async one(message: { at: Date }): Promise<void> {
        await Promise.resolve(message);
      }

      @Consume({ event: heard, batch: { size: 2, wait: '1s' } })
      async many(messages: readonly { at: Date }[]): Promise<void> {
        await Promise.resolve(messages);
      }

      // @ts-expect-error: an echo has no title
      @Consume({ event: heard })
      async wrong(message: { title: string }): Promise<void> {
        await Promise.resolve(message);
      }

      // @ts-expect-error: a batch is an array
      @Consume({ event: heard, batch: { size: 2, wait: '1s' } })
      async single(message: { at: Date }): Promise<void> {
        await Promise.resolve(message);
      }
    }
    expect(Handlers).toBeDefined();
  });
});
