import { describe, expect, it } from '@jest/globals';
import { keyAsCursor, numberCursor } from './cursor.codec.js';
import { keysetPage, type PageRequest } from './keyset-page.js';

const rows = [1, 2, 3, 4, 5].map((id) => ({ id }));
const read = async (limit: number, after = 0) => rows.filter(({ id }) => id > after).slice(0, limit);
const keyOf = ({ id }: { id: number }) => id;
const pageOf = (request: PageRequest) => keysetPage(request, { codec: numberCursor, keyOf, read });

describe('a page of a list', () => {
  it('has a cursor to the next page from the key of its last item, except the last page', async () => {
    const first = await pageOf({ limit: 2 });
    expect(first).toEqual({ items: [{ id: 1 }, { id: 2 }], nextCursor: numberCursor.encode(2) });
    const second = await pageOf({ limit: 2, cursor: first.nextCursor });
    expect(second).toEqual({ items: [{ id: 3 }, { id: 4 }], nextCursor: numberCursor.encode(4) });
    expect(await pageOf({ limit: 2, cursor: second.nextCursor })).toEqual({ items: [{ id: 5 }] });
  });

  it('has no cursor when it holds exactly the remaining items', async () => {
    expect((await pageOf({ limit: 5 })).nextCursor).toBeUndefined();
    expect(await pageOf({ limit: 1, cursor: numberCursor.encode(5) })).toEqual({ items: [] });
  });

  it('is rejected for a foreign cursor before anything is read', async () => {
    const unread = () => Promise.reject(new Error('read'));
    const list = { codec: numberCursor, keyOf, read: unread };
    await expect(keysetPage({ limit: 1, cursor: 'x' }, list)).rejects.toMatchObject({
      reason: 'VALIDATION_FAILED',
      details: { issues: [{ path: 'cursor' }] },
    });
  });

  it('may use the key itself as the cursor', async () => {
    const page = await keysetPage({ limit: 2, cursor: 1 }, { codec: keyAsCursor<number>(), keyOf, read });
    expect(page).toEqual({ items: [{ id: 2 }, { id: 3 }], nextCursor: 3 });
  });
});
