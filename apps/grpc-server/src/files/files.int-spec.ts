import { Readable } from 'node:stream';
import { loadConfig, ServiceUrl } from '@app/config';
import { Leases, LocksModule, locksConfig } from '@app/locks';
import { collectFeatures, Migrator, PostgresModule } from '@app/postgres';
import { resilienceConfig } from '@app/resilience';
import { FileStore, type S3Config, s3Config } from '@app/s3';
import { CreateMultipartUploadCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ScratchPostgres } from '../../../../test/support/servers/scratch-postgres.js';
import { ScratchS3 } from '../../../../test/support/servers/scratch-s3.js';
import { FilesModule } from './files.module.js';
import { FilesService } from './files.service.js';
import { FilesSweep, type SweepResult } from './files.sweep.js';
import { UploadsSweep } from './uploads.sweep.js';

const NOBODY_LISTENS = new ServiceUrl('http://127.0.0.1:9');
const HOUR = 3_600_000;

@Module({ imports: [PostgresModule.forRoot(), LocksModule.forRoot({ owner: true }), FilesModule] })
class Subject {}

describe('the files of the grpc-server', () => {
  let scratch: ScratchPostgres;
  let s3: ScratchS3;
  let config: S3Config;
  let app: INestApplicationContext;
  let files: FilesService;
  let objects: FileStore;
  let sequence = 0;

  const started = async (changes: Partial<S3Config> = {}) => {
    const resilience = resilienceConfig.schema.parse({
      policies: { default: { retry: { max_attempts: 1 } } },
    });
    return scratch.start({
      imports: [Subject],
      config: [
        [s3Config, { ...config, ...changes }],
        [resilienceConfig, resilience],
        [locksConfig, { schema: scratch.schema }],
      ],
    });
  };
  const newKey = () => `uploads/${(sequence += 1)}`;
  const newFile = (key = newKey()) => ({
    key,
    size: 7,
    contentType: 'text/plain',
    sha256: 'a'.repeat(64),
    etag: '"tag"',
    owner: 'user-1',
  });
  const put = (key: string) =>
    objects.upload(key, Readable.from([Buffer.from('content')]), { contentType: 'text/plain' });
  const stored = async () => {
    const file = newFile();
    await put(file.key);
    await files.add(file);
    return file.key;
  };
  const events = async () => {
    const rows = await scratch.execute<{ type: string; payload: Buffer }>('SELECT type, payload FROM outbox');
    return rows.map(({ type, payload }) => [type, (JSON.parse(payload.toString()) as { key: string }).key]);
  };
  const records = async () =>
    (await scratch.execute<{ key: string }>('SELECT key FROM file ORDER BY key')).map(({ key }) => key);
  const age = (table: string, column: string) =>
    scratch.execute(`UPDATE ${table} SET ${column} = ${column} - interval '2 hours'`);

  beforeAll(async () => {
    s3 = await ScratchS3.start();
    const environment = { ...process.env, APP_ENV: 'test', APP__S3__ENDPOINT: s3.endpoint };
    const store = await loadConfig({ app: 'grpc-server', definitions: [s3Config], environment });
    config = store.handle(s3Config).current;
    scratch = await ScratchPostgres.create();
    await new Migrator(scratch.config, await collectFeatures(Subject)).migrate();
    app = await started();
    files = app.get(FilesService);
    objects = app.get(FileStore);
  });

  afterAll(async () => {
    await scratch.drop();
    await s3.drop();
  });

  beforeEach(async () => {
    await scratch.execute('TRUNCATE file, file_reservation, outbox');
    await s3.empty();
  });

  describe('in the register', () => {
    it('are reported with the data that was registered', async () => {
      const file = newFile();
      const registered = await files.add(file);
      expect(registered).toMatchObject({ ...file, createdAt: expect.any(Date) });
      expect(await files.get(file.key)).toEqual(registered);
    });

    it('are published once, in the transaction that registers or removes them', async () => {
      const key = await stored();
      await expect(files.add(newFile(key))).rejects.toHaveReason('FILE_EXISTS');
      expect(await events()).toEqual([['files.stored.v1', key]]);
      await files.remove(key);
      expect(await events()).toEqual([
        ['files.stored.v1', key],
        ['files.removed.v1', key],
      ]);
    });

    it('are registered once for each key; a second registration fails', async () => {
      const file = newFile();
      await files.add(file);
      await expect(files.add({ ...file, size: 1 })).rejects.toHaveReason('FILE_EXISTS');
      expect(await files.get(file.key)).toMatchObject({ size: file.size });
    });

    it('are removed with their object and their record', async () => {
      const key = await stored();
      expect(await files.remove(key)).toMatchObject({ key });
      expect(await s3.objects()).toEqual([]);
      await expect(files.get(key)).rejects.toHaveReason('FILE_NOT_FOUND');
    });

    it('are not found when they were not registered', async () => {
      await expect(files.get('unknown')).rejects.toHaveReason('FILE_NOT_FOUND');
      await expect(files.remove('uploads/unknown')).rejects.toHaveReason('FILE_NOT_FOUND');
    });

    it('keep their record while the object cannot be deleted; the next attempt removes both', async () => {
      const key = await stored();
      const cutOff = (await started({ endpoint: NOBODY_LISTENS })).get(FilesService);
      // The sweep finishes what has begun.
      await expect(cutOff.remove(key)).rejects.toHaveReason('OUTCOME_UNKNOWN');
      expect(await files.get(key)).toMatchObject({ key, owner: 'user-1' });
      await files.remove(key);
      expect(await records()).toEqual([]);
    });

    it('use no database connection during a request to the object store', async () => {
      const keys = await Promise.all(Array.from({ length: 15 }, stored));
      s3.pause();
      const removals = Promise.allSettled(keys.map((key) => files.remove(key)));
      await expect(files.get(keys[0] ?? '')).resolves.toBeDefined();
      s3.resume();
      expect((await removals).map(({ status }) => status)).toEqual(keys.map(() => 'fulfilled'));
    });
  });

  describe('that are written with a presigned URL', () => {
    const inAnHour = () => new Date(Date.now() + HOUR);

    it('belong to the owner who reserved the key; nobody else can reserve it', async () => {
      const key = newKey();
      await files.reserve({ key, owner: 'user-1', expiresAt: inAnHour() });
      await expect(files.reserve({ key, owner: 'user-2', expiresAt: inAnHour() })).rejects.toHaveReason(
        'FILE_EXISTS',
      );
      await expect(files.get(key)).rejects.toHaveReason('FILE_NOT_FOUND');
      await put(key);
      expect(await files.get(key)).toMatchObject({ key, owner: 'user-1', size: 7, sha256: '' });
    });

    it('cannot reserve a key outside the prefix', async () => {
      const reserved = files.reserve({ key: 'elsewhere/1', owner: 'user-1', expiresAt: new Date() });
      await expect(reserved).rejects.toHaveReason('VALIDATION_FAILED');
    });

    it('cannot reserve the key of an existing file', async () => {
      const key = await stored();
      await expect(files.reserve({ key, owner: 'user-1', expiresAt: inAnHour() })).rejects.toHaveReason(
        'FILE_EXISTS',
      );
    });

    it('can be removed before they are registered', async () => {
      const key = newKey();
      await files.reserve({ key, owner: undefined, expiresAt: inAnHour() });
      await put(key);
      await files.remove(key);
      expect(await s3.objects()).toEqual([]);
    });
  });

  describe('when they are swept', () => {
    /** Everything that there is now is older than the grace. */
    const later = () => new Date(Date.now() + 2_000);

    async function sweep({ before = later(), limit = 2 } = {}): Promise<Omit<SweepResult, 'next'>> {
      const fence = await lease();
      const total = { orphans: 0, adopted: 0, missing: 0, removed: 0 };
      let after: string | undefined = '';
      while (after !== undefined) {
        const { next, ...found }: SweepResult = await app
          .get(FilesSweep)
          .page({ before, fence, after, limit });
        for (const what of ['orphans', 'adopted', 'missing', 'removed'] as const) total[what] += found[what];
        after = next;
      }
      return total;
    }

    async function lease() {
      const held = await app.get(Leases).acquire(`files-${newKey()}`, { ttl: 15_000 });
      return { name: held?.name ?? '', number: held?.fence ?? 0 };
    }

    it('are kept when object and record exist', async () => {
      const keys = [await stored(), await stored(), await stored()];
      expect(await sweep()).toEqual({ orphans: 0, adopted: 0, missing: 0, removed: 0 });
      expect(await s3.objects()).toEqual([...keys].sort());
    });

    it('lose unregistered objects, unless these are recent', async () => {
      const key = await stored();
      for (let orphan = 0; orphan < 5; orphan += 1) await put(newKey());
      expect(await sweep({ before: new Date(Date.now() - HOUR) })).toMatchObject({ orphans: 0 });
      expect(await sweep()).toMatchObject({ orphans: 5 });
      expect(await s3.objects()).toEqual([key]);
      expect(await records()).toEqual([key]);
      expect(await events()).toEqual([['files.stored.v1', key]]);
    });

    it('lose a record only when its object is still missing after the grace period', async () => {
      const { key } = await files.add(newFile());
      expect(await sweep()).toMatchObject({ missing: 1, removed: 0 });
      expect(await sweep({ before: new Date(Date.now() - HOUR) })).toMatchObject({ missing: 0, removed: 0 });
      await age('file', 'state_since');
      expect(await sweep({ before: new Date(Date.now() - HOUR) })).toMatchObject({ removed: 1 });
      expect(await records()).toEqual([]);
      expect(await events()).toContainEqual(['files.removed.v1', key]);
    });

    it('are restored when the object exists again', async () => {
      const { key } = await files.add(newFile());
      await sweep();
      await put(key);
      await sweep();
      expect(await scratch.execute('SELECT state FROM file')).toEqual([{ state: 'stored' }]);
    });

    it('are removed when an earlier removal was interrupted', async () => {
      const key = await stored();
      await scratch.execute(`UPDATE file SET state = 'removing'`);
      expect(await sweep()).toMatchObject({ removed: 1 });
      expect([await s3.objects(), await records()]).toEqual([[], []]);
      expect(await events()).toContainEqual(['files.removed.v1', key]);
    });

    it('are registered after a write with a presigned URL, once the URL has expired', async () => {
      const key = newKey();
      await files.reserve({ key, owner: 'user-1', expiresAt: new Date(Date.now() + HOUR) });
      await put(key);
      expect(await sweep()).toEqual({ orphans: 0, adopted: 0, missing: 0, removed: 0 });
      await age('file_reservation', 'expires_at');
      expect(await sweep()).toMatchObject({ adopted: 1 });
      expect(await files.get(key)).toMatchObject({ owner: 'user-1', size: 7, contentType: 'text/plain' });
      expect(await events()).toEqual([['files.stored.v1', key]]);
      expect(await scratch.execute('SELECT key FROM file_reservation')).toEqual([]);
    });

    it('lose reservations that expired without a write', async () => {
      await files.reserve({ key: newKey(), owner: undefined, expiresAt: new Date(Date.now() - HOUR) });
      await sweep();
      expect(await scratch.execute('SELECT key FROM file_reservation')).toEqual([]);
    });

    it('are not changed when another process holds the fence', async () => {
      await put(newKey());
      const { name, number } = await lease();
      const stale = { name, number: number + 1 };
      const page = app.get(FilesSweep).page({ before: later(), fence: stale, after: '', limit: 10 });
      await expect(page).rejects.toHaveReason('FENCE_LOST');
      const uploads = app.get(UploadsSweep).abort({ before: later(), fence: stale, limit: 10 });
      await expect(uploads).rejects.toHaveReason('FENCE_LOST');
      expect(await s3.objects()).toHaveLength(1);
    });

    it('are kept outside the prefix, whatever their state', async () => {
      const [kept, going] = ['elsewhere/1', 'elsewhere/2'];
      await s3.client.send(new PutObjectCommand({ Bucket: 'ganymede', Key: kept, Body: 'theirs' }));
      for (const key of [kept, going]) await files.add(newFile(key));
      await scratch.execute(`UPDATE file SET state = 'removing' WHERE key = $1`, [going]);
      for (const column of ['created_at', 'state_since']) await age('file', column);
      for (const _ of [1, 2]) await sweep();
      await expect(files.remove(kept)).rejects.toHaveReason('VALIDATION_FAILED');
      expect(await records()).toEqual([kept, going]);
      expect(await s3.objects()).toHaveLength(1);
      await s3.client.send(new DeleteObjectCommand({ Bucket: 'ganymede', Key: kept }));
    });

    it('lose their unfinished uploads', async () => {
      await s3.client.send(new CreateMultipartUploadCommand({ Bucket: 'ganymede', Key: newKey() }));
      const fence = await lease();
      expect(await app.get(UploadsSweep).abort({ before: later(), fence, limit: 10 })).toBe(1);
      expect(await s3.unfinished()).toEqual([]);
    });
  });
});
