import { describe, expect, it } from '@jest/globals';
import {
  type BatchIncrementRequest,
  type IncrementRequest,
  IncrementRequestRules,
  type PurgeMessagesRequest,
  RankingWindow,
  type RegisterFileRequest,
  validateBatchIncrementRequest,
  validateGetMessageStatusRequest,
  validateIncrementRequest,
  validatePurgeMessagesRequest,
  validateRegisterFileRequest,
  validateTopCountersRequest,
} from './index.js';

const increment: IncrementRequest = { resourceId: 'article:1', counterType: 'likes', delta: 1 };
const file: RegisterFileRequest = {
  key: 'a/ü.txt',
  size: 0,
  contentType: 'text/plain; charset=utf-8',
  sha256: 'a'.repeat(64),
};
const purge: PurgeMessagesRequest = { before: new Date(), fence: { name: 'purge', number: 1 }, limit: 100 };

describe('validators', () => {
  it('find nothing in valid messages', () => {
    expect(validateIncrementRequest(increment)).toEqual([]);
    expect(validateRegisterFileRequest(file)).toEqual([]);
    expect(validatePurgeMessagesRequest(purge)).toEqual([]);
  });

  it.each([
    [{ resourceId: '' }, 'resource_id', 'must have 1 to 128 characters'],
    [{ resourceId: 'x'.repeat(129) }, 'resource_id', 'must have 1 to 128 characters'],
    [{ resourceId: 'with space' }, 'resource_id', 'must match ^[A-Za-z0-9_.:-]+$'],
    [{ resourceId: 'line\n' }, 'resource_id', 'must match ^[A-Za-z0-9_.:-]+$'],
    [{ counterType: 'x'.repeat(65) }, 'counter_type', 'must have 1 to 64 characters'],
    [{ delta: 0 }, 'delta', 'must not be 0'],
    [{ delta: 1e9 + 1 }, 'delta', 'must be at least -1000000000 and at most 1000000000'],
    [{ delta: -1e9 - 1 }, 'delta', 'must be at least -1000000000 and at most 1000000000'],
    [{ delta: NaN }, 'delta', 'must be at least -1000000000 and at most 1000000000'],
  ])('refuse an increment with %o', (change, path, message) => {
    expect(validateIncrementRequest({ ...increment, ...change })).toEqual([{ path, message }]);
  });

  it('tell every field that is wrong', () => {
    const found = validateIncrementRequest({ resourceId: '', counterType: '', delta: 0 });
    expect(found.map(({ path }) => path)).toEqual(['resource_id', 'counter_type', 'delta']);
  });

  it.each([0, 1001])('refuse a batch of %i items', (length) => {
    const batch: BatchIncrementRequest = { items: Array.from({ length }, () => increment) };
    expect(validateBatchIncrementRequest(batch)).toEqual([
      { path: 'items', message: 'must have 1 to 1000 items' },
    ]);
  });

  it('say which item of a batch is wrong', () => {
    const batch: BatchIncrementRequest = { items: [increment, { ...increment, delta: 0 }] };
    expect(validateBatchIncrementRequest(batch)).toEqual([
      { path: 'items[1].delta', message: 'must not be 0' },
    ]);
  });

  it.each([RankingWindow.UNSPECIFIED, 99 as RankingWindow])('refuse the ranking window %i', (window) => {
    const found = validateTopCountersRequest({ counterType: 'likes', window, limit: 10 });
    expect(found).toEqual([{ path: 'window', message: expect.stringContaining('RANKING_WINDOW_HOUR') }]);
  });

  it('refuse what is not a UUID', () => {
    expect(validateGetMessageStatusRequest({ messageId: 'no' })).toEqual([
      { path: 'message_id', message: 'must be a UUID' },
    ]);
    expect(validateGetMessageStatusRequest({ messageId: '01890a5d-ac96-774b-bcce-b302099a8057' })).toEqual(
      [],
    );
  });

  it('ask for the messages that are required, and look into them', () => {
    expect(validatePurgeMessagesRequest({ ...purge, before: undefined, fence: undefined })).toEqual([
      { path: 'before', message: 'is required' },
      { path: 'fence', message: 'is required' },
    ]);
    expect(validatePurgeMessagesRequest({ ...purge, fence: { name: 'purge', number: 0 } })).toEqual([
      { path: 'fence.number', message: 'must be at least 1' },
    ]);
  });

  it('leave an absent optional field alone and check a present one', () => {
    expect(validateRegisterFileRequest({ ...file, owner: undefined })).toEqual([]);
    expect(validateRegisterFileRequest({ ...file, owner: '' })).toHaveLength(1);
  });

  it('count characters, not UTF-16 units', () => {
    expect(validateRegisterFileRequest({ ...file, key: '😀'.repeat(1024) })).toEqual([]);
    expect(validateRegisterFileRequest({ ...file, key: '😀'.repeat(1025) })).toHaveLength(1);
  });

  it('share their rules with the HTTP edge', () => {
    expect(IncrementRequestRules.resourceId).toEqual({
      minLength: 1,
      maxLength: 128,
      pattern: /^[A-Za-z0-9_.:-]+$/u,
    });
  });
});
