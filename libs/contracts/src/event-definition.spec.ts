import { describe, expect, it } from '@jest/globals';
import {
  defineEvent,
  defineExchange,
  defineQueue,
  EchoColor,
  EchoRequest,
  goesToExchange,
  type MessageContract,
  type ValidEchoRequest,
  validateEchoRequest,
} from './index.js';

const contract: MessageContract<EchoRequest, ValidEchoRequest> = {
  codec: EchoRequest,
  validate: validateEchoRequest,
};
const queue = defineQueue({ name: 'echo_events' });
const exchange = defineExchange({ name: 'echo_exchange' });
const message: ValidEchoRequest = {
  id: '019a0000-0000-7000-8000-000000000000',
  name: 'tea',
  amount: 1,
  color: EchoColor.RED,
  at: new Date('2026-01-02T03:04:05.678Z'),
  items: [{ key: 'a', count: 1 }],
};

describe('an event', () => {
  it('has its type, its queue and the payload in the JSON of its codec', () => {
    const event = defineEvent('echo.heard.v1', contract, queue);
    const { payload, ...rest } = event.of(message);
    expect(rest).toEqual({ type: 'echo.heard.v1', queue });
    expect(payload).toMatchObject({ color: 'ECHO_COLOR_RED', at: '2026-01-02T03:04:05.678Z' });
    expect(EchoRequest.fromJSON(JSON.parse(JSON.stringify(payload)))).toEqual(message);
    expect(goesToExchange(event)).toBe(false);
  });

  it('has the key of its aggregate when it is ordered', () => {
    const event = defineEvent('echo.heard.v1', contract, exchange, { keyOf: ({ name }) => name });
    expect(event.of(message)).toMatchObject({ queue: exchange, aggregateKey: 'tea' });
    expect(goesToExchange(event)).toBe(true);
  });

  it('keeps a payload without a contract as it is', () => {
    const payload = { any: ['JSON', null] };
    const event = defineEvent('echo.said.v1', undefined, queue);
    expect(event.of(payload)).toEqual({ type: 'echo.said.v1', queue, payload });
  });

  it('compiles only with the required fields of its message', () => {
    const event = defineEvent('echo.heard.v1', contract, queue);
    // @ts-expect-error: `at` is required
    expect(() => event.of({ ...message, at: undefined })).toBeDefined();
    // @ts-expect-error: a type has a version
    expect(() => defineEvent('echo.heard', undefined, queue)).toBeDefined();
  });
});
