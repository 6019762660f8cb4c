import { Fence } from '@app/contracts';
import type { AppError } from '@app/errors';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { contractSchema } from './contract-schema.js';
import type { IncomingMessage } from './incoming-message.js';
import { readPayload } from './read-payload.js';
import type { StandardSchema } from './standard-schema.js';

const MANY = 60_000;

function messageOf(payload: unknown): IncomingMessage {
  return {
    queue: 'q.test',
    id: '0198b3a2-0000-7000-8000-000000000000',
    identified: true,
    damage: undefined,
    contentType: 'application/json',
    contentEncoding: undefined,
    type: undefined,
    correlationId: undefined,
    requestId: undefined,
    traceparent: undefined,
    attempt: 1,
    deliveries: 0,
    returns: 0,
    failures: [],
    headers: {},
    content: Buffer.from(JSON.stringify(payload)),
  };
}

const unknown = (prefix: string) =>
  Object.fromEntries(Array.from({ length: MANY }, (_, index) => [`${prefix}${index}`, 1]));
const list = <Item>(item: Item) => Array.from({ length: MANY }, () => item);

describe('the payload of a message', () => {
  const strict = z.strictObject({ id: z.string() });
  const broken = contractSchema(Fence, () => list({ path: 'name', message: 'must not be empty' }));

  it.each<[string, unknown, StandardSchema, number]>([
    ['unknown fields', unknown('field'), strict, MANY + 1],
    ['unknown fields with long names', { id: 'a', ['x'.repeat(100_000)]: 1 }, strict, 1],
    ['items that break a rule', list(1), z.array(z.string()), MANY],
    ['items that break rules of a proto file', Fence.toJSON({ name: '', number: 1 }), broken, MANY],
  ])('is rejected with at most 20 issues and their number, however many there are: %s', async (...given) => {
    const [, payload, schema, count] = given;
    const failed = await readPayload(messageOf(payload), schema).catch((error: unknown) => error);
    const { reason, message, details } = failed as AppError;
    const { issues, issue_count: counted = 1 } = details as { issues: unknown[]; issue_count?: number };
    expect(reason).toBe('VALIDATION_FAILED');
    expect(issues.length).toBeLessThanOrEqual(20);
    expect(counted).toBeGreaterThanOrEqual(count);
    expect(JSON.stringify({ message, details }).length).toBeLessThan(10_000);
  });

  it('is read in its own turn of the event loop when it is large, so that other work runs in between', async () => {
    let passed = 0;
    let reading = true;
    const count = () => {
      passed += 1;
      if (reading) setImmediate(count);
    };
    const order: string[] = [];
    const read = async (name: string, payload: unknown) => {
      await readPayload(messageOf(payload));
      order.push(name);
    };
    const large = read('large', unknown('a')).then(count);
    await Promise.all([large, read('second', unknown('b')), read('small', {})]);
    reading = false;
    expect(order).toEqual(['small', 'large', 'second']);
    expect(passed).toBeGreaterThan(10);
  });
});
