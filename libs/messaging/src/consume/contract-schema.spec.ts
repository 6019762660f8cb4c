import { describe, expect, it } from '@jest/globals';
import { PurgeMessagesRequest, validatePurgeMessagesRequest } from '@app/contracts';
import { contractSchema } from './contract-schema.js';

const schema = contractSchema(PurgeMessagesRequest, validatePurgeMessagesRequest)['~standard'];
const valid = { before: '2026-01-01T00:00:00Z', fence: { name: 'purge', number: 1 }, limit: 5 };

describe('the schema of a contract', () => {
  it('reads the JSON that the codec writes', async () => {
    expect(await schema.validate(valid)).toEqual({ value: PurgeMessagesRequest.fromJSON(valid) });
  });

  it('tells the rules of the proto file that are broken', async () => {
    expect(await schema.validate({ ...valid, limit: 0 })).toMatchObject({ issues: [{ path: ['limit'] }] });
  });

  it.each([undefined, null, 7, 'x', { before: 'no date', fence: 7, limit: {} }])(
    'refuses %p',
    async (value) => {
      expect((await schema.validate(value)).issues).toBeDefined();
    },
  );
});
