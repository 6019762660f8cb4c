import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { runningSystem } from '../../support/apps/running-system.js';
import { DeadLettersFixture } from '../dead-letters/dead-letters-fixture.js';

describe('a message that became a dead letter', () => {
  const { http } = runningSystem();
  let fixture: DeadLettersFixture;

  beforeAll(async () => {
    fixture = await DeadLettersFixture.open();
  });
  afterAll(() => fixture.close());

  const statusOf = async (messageId: string) =>
    (await http.get(`/api/v1/message/${messageId}`)).json()['status'];

  it('is done once it was redriven and had its effect, and its client can read each state', async () => {
    const { letters } = await fixture.letters(1, { queue: 'task_queue' });
    const [{ id, message_id: messageId } = { id: '', message_id: '' }] = letters;
    expect(await statusOf(messageId)).toBe('dead');
    expect((await fixture.send('POST', `/${id}/redrive`)).status).toBe(200);
    expect(await statusOf(messageId)).not.toBe('dead');
    await eventually(async () => expect(await statusOf(messageId)).toBe('done'));
    expect((await fixture.send('GET', `/${id}`)).json()).toMatchObject({ status: 'redriven', redrives: 1 });
  });

  it('stays dead when it was discarded', async () => {
    const { letters } = await fixture.letters(1, { queue: 'task_queue' });
    const [{ id, message_id: messageId } = { id: '', message_id: '' }] = letters;
    expect((await fixture.send('POST', `/${id}/discard`)).status).toBe(200);
    expect(await statusOf(messageId)).toBe('dead');
  });
});
