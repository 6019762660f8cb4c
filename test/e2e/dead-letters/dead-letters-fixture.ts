import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { newMessageId } from '@app/messaging';
import { eventually } from '../../support/assertions/eventually.js';
import { runningSystem } from '../../support/apps/running-system.js';
import { ScratchBroker } from '../../support/servers/scratch-broker.js';
import type { HttpReply } from '../../support/network/http-client.js';

const ADMIN = { authorization: 'Bearer test-admin-token' };

export interface LetterReply {
  id: string;
  message_id: string;
  status: string;
  [field: string]: unknown;
}

/** The output and the exit code of a command. */
export interface CommandEnd {
  code: number;
  output: string;
}

/** A queue that exists in every project. A message without a target becomes a dead letter there. */
const SCHEDULED = 'scheduled';

/** The running system, with new dead letters. */
export class DeadLettersFixture {
  private readonly fixture = runningSystem();

  private constructor(private readonly broker: ScratchBroker) {}

  static async open(): Promise<DeadLettersFixture> {
    return new DeadLettersFixture(await ScratchBroker.create());
  }

  close(): Promise<void> {
    return this.broker.drop();
  }

  /** Sends a request as an admin. */
  send(method: string, path = '', body?: unknown): Promise<HttpReply> {
    return this.fixture.http.request(method, `/api/v1/dead-letters${path}`, { headers: ADMIN, body });
  }

  /** Creates dead letters with one unique reason. */
  async letters(
    count: number,
    { queue = SCHEDULED, content = '{"task":"mend"}' }: { queue?: string; content?: string } = {},
  ): Promise<{ reason: string; letters: LetterReply[] }> {
    const reason = `E2E_${randomUUID()}`;
    const failure = {
      attempt: 4,
      at: new Date().toISOString(),
      reason,
      message: 'no luck',
      details: { tries: 4 },
    };
    const headers = { 'x-attempt': 4, 'x-failures': JSON.stringify([failure]), tenant: 'e2e' };
    for (let sent = 0; sent < count; sent++) {
      const messageId = newMessageId();
      this.broker.send(`${queue}.dead`, content, { messageId, headers, type: 'messages.submitted.v1' });
    }
    const letters = await eventually(async () => {
      const { items } = (await this.send('GET', `?queue=${queue}&reason=${reason}&limit=100`)).json<{
        items: LetterReply[];
      }>();
      if (items.length < count) throw new Error(`${items.length} of ${count} letters are there`);
      return items;
    });
    return { reason, letters };
  }

  /** Runs `npm run deadletters -- …args`. */
  command(...args: string[]): Promise<CommandEnd> {
    const env = { ...process.env, APP_ENV: 'test', NODE_OPTIONS: '', FORCE_COLOR: '0' };
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        ['tools/cli.ts', 'deadletters', ...args],
        { env },
        (error, stdout, stderr) => {
          resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
        },
      );
    });
  }
}
