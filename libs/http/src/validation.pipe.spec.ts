import type { AppError } from '@app/errors';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { HttpValidationPipe } from './validation.pipe.js';

const pipe = new HttpValidationPipe();
const anything = z.record(z.string(), z.unknown());
const validate = (value: unknown, schema: z.ZodType = anything): Promise<unknown> =>
  pipe.transform(value, { type: 'body', schema });

describe('the validation of a request', () => {
  it('reports every issue with its path, and each unknown field separately', async () => {
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

  it('shows at most 20 issues and their number, also for many unknown fields with long names', async () => {
    const schema = z.strictObject({ id: z.string() });
    const fields = Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`field${index}`, 1]));
    const failed = validate({ ['x'.repeat(100_000)]: 1, ...fields }, schema);
    const { details, message } = (await failed.catch((error: AppError) => error)) as AppError;
    expect(details).toMatchObject({ issue_count: 60_002 });
    expect(details?.['issues']).toHaveLength(20);
    expect(JSON.stringify({ message, details }).length).toBeLessThan(5_000);
  });

  it('lets zod write no message with the names of 60,000 unknown fields', () => {
    const fields = Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`field${index}`, 1]));
    const [issue] = z.strictObject({}).safeParse(fields).error?.issues ?? [];
    expect(issue?.message).toMatch(/^Unrecognized keys: "field0", .*"field19" and 59980 more$/);
  });

  it.each(['{"constructor":{"prototype":{}},"b":1}', '{"prototype":1,"a":[{"constructor":2}]}'])(
    'keeps the names in %s as data',
    async (json) => {
      expect(JSON.stringify(await validate(JSON.parse(json)))).toBe(json);
    },
  );

  it.each(['constructor', 'prototype', '__proto__'])(
    'refuses the name %s when the schema does not have it',
    async (name) => {
      const value: unknown = JSON.parse(`{"a":1,"${name}":2}`);
      await expect(validate(value, z.strictObject({ a: z.int() }))).rejects.toMatchObject({
        details: { issues: [{ path: name, message: 'is not a known field' }] },
      });
    },
  );

  it('passes a payload without a schema by reference, not as a copy', async () => {
    const value = JSON.parse('{"payload":{"constructor":{"a":1}}}') as { payload: unknown };
    const validated = await validate(value, z.strictObject({ payload: z.unknown() }));
    expect((validated as { payload: unknown }).payload).toBe(value.payload);
  });

  it('checks a body of the maximum nesting depth', async () => {
    const depth = 100_000;
    const body: unknown = JSON.parse(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    await expect(validate(body)).resolves.toHaveProperty('a');
  });
});
