import { setTimeout as delay } from 'node:timers/promises';
import { FilesServiceDefinition } from '@app/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ServiceError, status } from '@grpc/grpc-js';
import { eventually } from '../../support/assertions/eventually.js';
import { GrpcCaller } from '../../support/network/grpc-caller.js';
import { byForm } from '../../support/assertions/form.js';
import { FilesServer } from './files-server.js';

/** How long the primary refuses writes, in milliseconds. */
const READ_ONLY_MS = byForm({ full: 1_500, long: 30_000 });
/** The longest time until readiness reports it. */
const NOTICED_MS = 3_000;
/** The longest time until writes succeed again after the outage, although no session was ended. */
const RECOVERED_MS = 5_000;
const CLIENTS = 8;
const PAUSE_MS = 10;

interface Write {
  key: string;
  at: number;
  /** The name of the status. */
  outcome: string;
}

/** The ways to make the primary read-only: for all sessions at once, or only for new ones. */
const WAYS = {
  'the settings of the server': [
    'ALTER SYSTEM SET default_transaction_read_only = on',
    'ALTER SYSTEM RESET default_transaction_read_only',
  ],
  'the settings of the role': [
    'ALTER ROLE postgres SET default_transaction_read_only = on',
    // Sessions of the administrator are read-only now too.
    'BEGIN READ WRITE; ALTER ROLE postgres RESET default_transaction_read_only; COMMIT',
  ],
} as const;

describe('a grpc-server whose primary refuses writes for a while', () => {
  let fixture: FilesServer;

  beforeAll(async () => {
    fixture = await FilesServer.start();
  });
  afterAll(() => fixture.stop());

  const readiness = async () => (await fixture.app.management.get('/readyz')).status;
  const apply = async (sql: string) => {
    await fixture.postgres.execute(sql);
    await fixture.postgres.execute('SELECT pg_reload_conf()');
  };
  const endSessions = () =>
    fixture.postgres.execute(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'grpc_server'",
    );

  it.each(Object.entries(WAYS))(
    'by %s: keeps acknowledged data, reports the cause, and recovers by itself',
    async (way, [begin, end]) => {
      const writes: Write[] = [];
      let stopped = false;
      const client = async (number: number) => {
        const caller = new GrpcCaller(fixture.app.port);
        for (let count = 0; !stopped; count++) {
          const key = `${way}/${number}/${count}`;
          const at = performance.now();
          const outcome = await caller.call(FilesServiceDefinition.methods.register, fileAt(key)).then(
            () => 'OK',
            (error: ServiceError) => status[error.code] ?? String(error),
          );
          writes.push({ key, at, outcome });
          await delay(PAUSE_MS);
        }
        caller.close();
      };
      const clients = Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
      const failed = (from: number, to = Infinity) =>
        writes.filter(({ at, outcome }) => outcome !== 'OK' && at >= from && at < to);
      await eventually(() => expect(writes.length).toBeGreaterThan(50));

      const begun = performance.now();
      await apply(begin);
      await endSessions();
      await eventually(async () => expect(await readiness()).toBe(503), { within: NOTICED_MS });
      await delay(Math.max(0, READ_ONLY_MS - (performance.now() - begun)));
      expect(await readiness()).toBe(503);
      await apply(end);
      const ended = performance.now();
      await eventually(async () => expect(await readiness()).toBe(200), { within: RECOVERED_MS });
      await eventually(
        () => {
          const [last] = failed(begun).slice(-1);
          expect(writes.length).toBeGreaterThan(0);
          expect(performance.now() - (last?.at ?? ended)).toBeGreaterThan(500);
        },
        { within: RECOVERED_MS },
      );
      stopped = true;
      await clients;

      expect(failed(begun, ended).length).toBeGreaterThan(0);
      expect(new Set(failed(0).map(({ outcome }) => outcome))).toEqual(new Set(['UNAVAILABLE']));
      expect(failed(ended + RECOVERED_MS)).toEqual([]);
      const stored = await fixture.postgres.execute<{ key: string }>(
        'SELECT key FROM grpc_server.file WHERE starts_with(key, $1)',
        [way],
      );
      const acknowledged = writes.filter(({ outcome }) => outcome === 'OK').map(({ key }) => key);
      expect(stored.map(({ key }) => key).sort()).toEqual(acknowledged.sort());
    },
  );
});

function fileAt(key: string) {
  return {
    key,
    size: 1,
    contentType: 'text/plain',
    sha256: 'a'.repeat(64),
    owner: undefined,
    etag: undefined,
  };
}
