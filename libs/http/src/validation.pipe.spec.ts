import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { HttpValidationPipe } from './validation.pipe.js';

const pipe = new HttpValidationPipe();
const anything = z.record(z.string(), z.unknown());
const validate = (value: unknown, schema: z.ZodType = anything): Promise<unknown> =>
  pipe.transform(value, { type: 'body', schema });

describe('the validation of a request', () => {
  it('names every issue by its path, unknown fields one by one', async () => {
    const schema = z.strictObject({ items: z.array(z.strictObject({ id: z.string() })) });
    await expect(validate({ items: [{ id: 1 }, { id: 'a', x: 1, y: 2 }] }, schema)).rejects.toMatchObject({
      reason: 'VALIDATION_FAILED',
      details: {
        issues: [
          expect.objectContaining({ path: 'items[0].id' }),
          { path: 'items[1].x', message: 'is not a known field' },
          { path: 'items[1].y', message: 'is not a known field' },
        ],
      },
    });
  });

  it.each([
    ['at the top', '{"__proto__":{"admin":true},"a":1}', { a: 1 }],
    ['further down', '{"a":[{"constructor":{"prototype":{}},"b":1}]}', { a: [{ b: 1 }] }],
    ['beside others', '{"prototype":1,"a":{"b":2}}', { a: { b: 2 } }],
  ])('takes keys that reach into prototypes out, %s', async (_, json, left) => {
    expect(JSON.stringify(await validate(JSON.parse(json)))).toBe(JSON.stringify(left));
  });

  it('looks through a body that is nested as deep as a body can be', async () => {
    const depth = 100_000;
    const body: unknown = JSON.parse(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    await expect(validate(body)).resolves.toHaveProperty('a');
  });
});
