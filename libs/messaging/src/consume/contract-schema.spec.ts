import { describe, expect, it } from '@jest/globals';
import { Fence, validateFence } from '@app/contracts';
import { contractSchema } from './contract-schema.js';

const schema = contractSchema(Fence, validateFence)['~standard'];
const valid = { name: 'purge', number: 7 };

describe('the schema of a contract', () => {
  it('reads the JSON that the codec writes', async () => {
    expect(await schema.validate(Fence.toJSON(valid))).toEqual({ value: valid });
  });

  it('reports the violated rules of the proto file', async () => {
    expect(await schema.validate({ ...valid, number: 0 })).toMatchObject({ issues: [{ path: ['number'] }] });
  });

  it.each([undefined, null, 7, 'x', []])('rejects %p', async (value) => {
    expect((await schema.validate(value)).issues).toBeDefined();
  });
});
