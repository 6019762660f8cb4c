import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Readiness } from '@app/lifecycle';
import type { INestApplicationContext } from '@nestjs/common';
import { given } from '../../../test/support/apps/given.js';
import { Mailer, MailModule } from './index.js';

const MAIL = { id: 'welcome-1', to: 'ada@example.com', subject: 'Grüße', text: 'Hello\n.\nAda' };

/** A relay that implements the needed part of RFC 5321, with the replies that a test sets. */
class Relay {
  readonly received: string[] = [];
  answers: Readonly<Record<string, string>> = {};

  private constructor(private readonly server: Server) {}

  static async open(): Promise<Relay> {
    const server = createServer();
    const relay = new Relay(server);
    server.on('connection', (socket) => {
      socket.on('error', () => undefined).write('220 relay\r\n');
      let mail: string[] | undefined;
      createInterface({ input: socket }).on('line', (line) => {
        if (mail && line !== '.') return void mail.push(line);
        if (mail) relay.received.push(mail.splice(0).join('\n'));
        mail = line === 'DATA' ? [] : undefined;
        const verb = line === '.' ? '.' : (line.split(' ')[0] ?? '');
        socket.write(`${relay.answers[verb] ?? (line === 'DATA' ? '354 go on' : '250 fine')}\r\n`);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return relay;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.address() as AddressInfo).port}?ignoreTLS=true`;
  }

  close(): void {
    this.server.close();
  }
}

describe('mail', () => {
  describe('without a relay', () => {
    let app: INestApplicationContext;
    let folder: string;

    beforeAll(async () => {
      folder = join(await mkdtemp(join(tmpdir(), 'mail-')), 'new');
      app = await given.app('worker').with(MailModule).configured({ APP__MAIL__FOLDER: folder }).start();
    });
    afterAll(async () => {
      await app.close();
      await rm(folder, { recursive: true });
    });

    it('is written to one file, named by its id, even when it is sent twice', async () => {
      const mailer = app.get(Mailer);
      expect(await mailer.send(MAIL)).toEqual({ messageId: '<welcome-1@ganymede.localhost>' });
      await mailer.send(MAIL);
      expect(await readdir(folder)).toEqual(['welcome-1.eml']);
      const text = await readFile(join(folder, 'welcome-1.eml'), 'utf8');
      expect(text).toMatch(/^To: ada@example\.com\r$/m);
      expect(text).toMatch(/^Message-ID: <welcome-1@ganymede\.localhost>\r$/m);
    });

    it('stays in its folder, whatever its id, and its fields cannot add headers', async () => {
      await app.get(Mailer).send({ ...MAIL, id: '../out', subject: 'a\r\nBcc: eve@example.com' });
      expect(await readdir(folder)).toContain('..%2Fout.eml');
      expect(await readFile(join(folder, '..%2Fout.eml'), 'utf8')).not.toMatch(/^Bcc:/m);
    });
  });

  describe('with a relay', () => {
    let relay: Relay;
    let app: INestApplicationContext;

    beforeEach(async () => {
      relay = await Relay.open();
      app = await given
        .app('worker')
        .with(MailModule)
        .configured({
          APP__MAIL__URL: relay.url,
          APP__MAIL__TIMEOUT: '500ms',
          APP__LIFECYCLE__CHECK_CACHE: '1ms',
          APP__RESILIENCE__POLICIES__MAIL__BREAKER__MINIMUM_CALLS: '2',
          APP__RESILIENCE__POLICIES__MAIL__BREAKER__HALF_OPEN_AFTER: '1m',
        })
        .start();
    });
    afterEach(async () => {
      await app.close();
      relay.close();
    });

    const send = () => app.get(Mailer).send(MAIL);
    const health = async () => (await app.get(Readiness).dependencies())['mail'];

    it('is sent with the same Message-ID each time', async () => {
      await send();
      await send();
      expect(relay.received).toHaveLength(2);
      for (const text of relay.received)
        expect(text).toMatch(/^Message-ID: <welcome-1@ganymede\.localhost>$/m);
      expect(await health()).toMatchObject({ status: 'up' });
    });

    it.each([
      ['the recipient is rejected permanently', { RCPT: '550 nobody' }, 'MAIL_REFUSED'],
      ['the content is rejected permanently', { '.': '554 spam' }, 'MAIL_REFUSED'],
      ['the recipient is rejected for now', { RCPT: '450 later' }, 'MAIL_UNAVAILABLE'],
      ['the relay rejects all mails', { EHLO: '421 closing', HELO: '421 closing' }, 'MAIL_UNAVAILABLE'],
    ])('fails with the right reason when %s', async (_case, answers, reason) => {
      relay.answers = answers;
      await expect(send()).rejects.toHaveReason(reason);
    });

    it('is not sent for a while after too many failures, as the policy "mail" defines', async () => {
      relay.answers = { EHLO: '421 closing', HELO: '421 closing' };
      for (let number = 0; number < 2; number++)
        await expect(send()).rejects.toHaveReason('MAIL_UNAVAILABLE');
      relay.answers = {};
      await expect(send()).rejects.toHaveReason('CIRCUIT_OPEN');
      expect(relay.received).toEqual([]);
    });

    it('fails in time when the relay is unavailable, and readiness shows it', async () => {
      relay.close();
      await expect(send()).rejects.toHaveReason('MAIL_UNAVAILABLE');
      expect(await health()).toMatchObject({ status: 'down' });
    });
  });
});
