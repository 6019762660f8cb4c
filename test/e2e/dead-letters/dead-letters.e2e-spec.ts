import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DeadLettersServiceDefinition, DeadLetterStatus } from '@app/contracts';
import { eventually } from '../../support/assertions/eventually.js';
import { FULL } from '../../support/assertions/form.js';
import { GrpcCaller } from '../../support/network/grpc-caller.js';
import { runningSystem } from '../../support/apps/running-system.js';
import { expectError } from '../expect-error.js';
import { DeadLettersFixture, type LetterReply } from './dead-letters-fixture.js';

/** Arguments of the command, its exit code and its message. */
const REFUSED: [args: string[], code: number, message: string][] = [
  [['redrive'], 2, 'Name ids, or a queue'],
  [['list', '--address', '127.0.0.1:1'], 1, 'does not answer'],
];
const NOBODYS = '01890a5d-ac96-774b-bcce-b302099a8057';
const MORE_REFUSED: typeof REFUSED = [
  [['list', '--colour', 'red'], 2, 'colour'],
  [['discard', NOBODYS], 2, '--note'],
  [['show', NOBODYS], 1, 'There is no dead letter'],
];
const first = <T>([item]: readonly T[]): T => {
  if (item === undefined) throw new Error('there is none');
  return item;
};

describe('a dead letter', () => {
  let fixture: DeadLettersFixture;

  beforeAll(async () => {
    fixture = await DeadLettersFixture.open();
  });
  afterAll(() => fixture.close());

  const open = async (id: string) => (await fixture.send('GET', `/${id}`)).json<LetterReply>();

  describe('for an admin at the gateway', () => {
    it('has the sent message and the errors', async () => {
      const { reason, letters } = await fixture.letters(1);
      const { id } = first(letters);
      const instant = expect.stringMatching(/^\d{4}-.*Z$/);
      expect(await open(id)).toEqual({
        ...first(letters),
        queue: 'scheduled',
        type: 'messages.submitted.v1',
        reason,
        error: 'no luck',
        attempts: 4,
        first_failed_at: instant,
        dead_at: instant,
        status: 'dead',
        handled_at: null,
        redrives: 0,
        size: 15,
        correlation_id: null,
        headers: { tenant: 'e2e', 'x-attempt': 4 },
        payload: { task: 'mend' },
        payload_encoding: 'json',
        errors: [{ attempt: 4, at: instant, reason, message: 'no luck', details: { tries: 4 } }],
        actions: [],
      });
    });

    it('has a payload that is not JSON in base64', async () => {
      const { letters } = await fixture.letters(1, { content: 'garbage' });
      expect(await open(first(letters).id)).toMatchObject({
        payload: Buffer.from('garbage').toString('base64'),
        payload_encoding: 'base64',
      });
    });

    it('can be redriven, and is the same letter when it fails again', async () => {
      const { reason, letters } = await fixture.letters(1);
      const { id, message_id } = first(letters);
      const reply = await fixture.send('POST', `/${id}/redrive`, { note: 'mended' });
      expect(reply.status).toBe(200);
      expect(reply.json()).toMatchObject({ id, status: 'redriving' });
      const again = await eventually(async () => {
        const letter = await open(id);
        expect(letter).toMatchObject({ message_id, status: 'dead', redrives: 1 });
        return letter;
      });
      expect(again).toMatchObject({
        reason: 'MALFORMED_MESSAGE',
        errors: [{ reason }, { reason: 'MALFORMED_MESSAGE' }],
        actions: [{ action: 'redrive', actor: 'admin', note: 'mended', letter_id: id, message_id }],
      });
    });

    it('stays discarded', async () => {
      const { letters } = await fixture.letters(1);
      const { id } = first(letters);
      expect((await fixture.send('POST', `/${id}/discard`)).json()).toMatchObject({
        id,
        status: 'discarded',
      });
      expectError(await fixture.send('POST', `/${id}/redrive`), 409, 'DEAD_LETTER_HANDLED');
      expectError(await fixture.send('POST', `/${id}/discard`), 409, 'DEAD_LETTER_HANDLED');
    });

    it('is handled with all others of its reason, and shows the admin who did it', async () => {
      const { reason, letters } = await fixture.letters(12);
      const bulk = (action: string, limit: number) =>
        fixture.send('POST', `/${action}`, { queue: 'scheduled', reason, limit });
      expect((await bulk('discard', 2)).json()).toEqual({ count: 2 });
      const both = await Promise.all([bulk('redrive', 100), bulk('discard', 100)]);
      const counts = both.map((reply) => Number(reply.json()['count']));
      const rest = Number((await bulk('discard', 100)).json()['count']);
      expect(counts.reduce((sum, count) => sum + count, 2 + rest)).toBe(12);
      const left = await fixture.send('GET', `?reason=${reason}`);
      expect(left.json()).toEqual({ items: [], next_cursor: null });
      const actions = await fixture.send('GET', `/actions?letter_id=${first(letters).id}`);
      expect(actions.json()).toMatchObject({ items: [{ actor: 'admin', reason }], next_cursor: null });
    });

    it('occurs once in the pages of the list', async () => {
      const { reason, letters } = await fixture.letters(5);
      const met: unknown[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
        const page = await fixture.send('GET', `?reason=${reason}&limit=2${query}`);
        const { items, next_cursor } = page.json<{ items: LetterReply[]; next_cursor: string | null }>();
        met.push(...items);
        cursor = next_cursor;
      }
      expect(met).toEqual(letters);
    });

    it('is exported with all others, oldest first, one in a line', async () => {
      const { reason, letters } = await fixture.letters(3);
      const [handled] = letters;
      await fixture.send('POST', `/${handled?.id}/discard`, { note: 'a test' });
      const lines = async (query: string) => {
        const { status, headers, text } = await fixture.send('GET', `:export?reason=${reason}${query}`);
        expect([status, headers['content-type']]).toEqual([200, expect.stringContaining('ndjson')]);
        return text
          .split('\n')
          .filter(Boolean)
          .map((line): unknown => JSON.parse(line));
      };
      const [, ...waiting] = letters;
      expect(await lines('')).toEqual(waiting.toReversed());
      expect(await lines('&status=all')).toMatchObject(letters.toReversed().map(({ id }) => ({ id })));
      expectError(await fixture.send('GET', ':export?status=open'), 400, 'VALIDATION_FAILED');
    });

    it('is not found by another id', async () => {
      expectError(await fixture.send('GET', `/${NOBODYS}`), 404, 'DEAD_LETTER_NOT_FOUND');
      expectError(await fixture.send('POST', `/${NOBODYS}/redrive`), 404, 'DEAD_LETTER_NOT_FOUND');
      expectError(await fixture.send('GET', '/first'), 400, 'VALIDATION_FAILED');
    });
  });

  it('is returned and handled by the worker over gRPC', async () => {
    const { reason, letters } = await fixture.letters(1);
    const worker = new GrpcCaller(runningSystem().apps.worker.port);
    const { list, discard } = DeadLettersServiceDefinition.methods;
    const filter = { queue: 'scheduled', reason, type: undefined, since: undefined, ids: undefined };
    const page = { filter, status: DeadLetterStatus.DEAD, cursor: undefined };
    const { items } = await worker.call(list, { ...page, limit: 10 });
    expect(items).toMatchObject([{ id: first(letters).id, reason, status: DeadLetterStatus.DEAD }]);
    const handled = await worker.call(discard, { id: first(letters).id, actor: 'a script', note: '' });
    expect(handled.actions).toMatchObject([{ actor: 'a script' }]);
    await expect(worker.call(list, { ...page, limit: 0 })).rejects.toThrow('INVALID_ARGUMENT');
    worker.close();
  });

  describe('at the command line', () => {
    it('is listed, shown, redriven and discarded, under the given name', async () => {
      const { reason, letters } = await fixture.letters(3, {
        content: '{"task":"from the \u009b31m command line"}',
      });
      const [one, ...others] = letters.map(({ id }) => id);
      const listed = await fixture.command('list', '--queue', 'scheduled', '--reason', reason);
      expect(listed).toMatchObject({ code: 0, output: expect.stringContaining('3 letters') });
      expect(letters.filter(({ id }) => !listed.output.includes(id))).toEqual([]);
      const shown = await fixture.command('show', one ?? '');
      expect(shown.output).toContain('"task": "from the ·31m command line"');
      expect((await fixture.command('redrive', one ?? '', '--as', 'grace')).code).toBe(0);
      expect((await open(one ?? ''))['actions']).toMatchObject([{ actor: 'grace', action: 'redrive' }]);
      const rest = await fixture.command(
        'discard',
        '--queue',
        'scheduled',
        '--reason',
        reason,
        '--note',
        'stale',
      );
      expect(rest.output).toContain('2 letters discarded');
      expect((await open(others[0] ?? ''))['actions']).toMatchObject([{ note: 'stale' }]);
    });

    it.each(FULL ? [...REFUSED, ...MORE_REFUSED] : REFUSED)(
      'has an error message for %j',
      async (args, code, message) => {
        expect(await fixture.command(...args)).toEqual({ code, output: expect.stringContaining(message) });
      },
    );
  });
});
