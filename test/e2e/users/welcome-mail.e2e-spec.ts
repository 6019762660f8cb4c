import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/assertions/eventually.js';
import { runningSystem } from '../../support/apps/running-system.js';
import { UsersApi } from './users-api.js';

/** `mail.folder` of config/test.yaml. */
const FOLDER = '.stack/test/mail';

describe('a registered user', () => {
  const users = new UsersApi(runningSystem().http);

  const mailsTo = async (address: string) => {
    const files = await readdir(FOLDER);
    const mails = await Promise.all(files.map((file) => readFile(join(FOLDER, file), 'utf8')));
    return mails.filter((mail) => mail.toLowerCase().includes(`to: ${address.toLowerCase()}\r\n`));
  };

  it('receives one mail, but a refused registration causes none', async () => {
    const newcomer = UsersApi.newcomer();
    expect((await users.register(newcomer)).status).toBe(201);
    expect((await users.register(newcomer)).status).toBe(409);
    const [mail] = await eventually(async () => {
      const mails = await mailsTo(newcomer.email);
      expect(mails).toHaveLength(1);
      return mails;
    });
    expect(mail).toContain('Hello Ada Lovelace');
    // Later registrations are welcomed later.
    const next = await users.somebody();
    await eventually(async () => expect(await mailsTo(next.email)).toHaveLength(1));
    expect(await mailsTo(newcomer.email)).toHaveLength(1);
  });
});
