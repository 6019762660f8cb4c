import { Readable } from 'node:stream';
import { loadConfig, ServiceUrl } from '@app/config';
import { collectFeatures, Migrator, PostgresModule } from '@app/postgres';
import { FileStore, type S3Config, s3Config } from '@app/s3';
import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ScratchPostgres } from '../../../../test/support/scratch-postgres.js';
import { FilesModule } from './files.module.js';
import { FilesService } from './files.service.js';

const NOBODY_LISTENS = new ServiceUrl('http://127.0.0.1:9');

describe('the register of files', () => {
  let scratch: ScratchPostgres;
  let s3: S3Config;
  let app: INestApplicationContext;
  let files: FilesService;
  let sequence = 0;

  const started = (config: S3Config) =>
    scratch.start({ imports: [PostgresModule.forRoot(), FilesModule], config: [[s3Config, config]] });

  const newFile = () => ({
    key: `${scratch.schema}/${(sequence += 1)}`,
    size: 2 ** 40,
    contentType: 'text/plain',
    sha256: 'a'.repeat(64),
    etag: '"tag"',
  });

  beforeAll(async () => {
    const environment = { ...process.env, APP_ENV: 'test' };
    const store = await loadConfig({ app: 'grpc-server', definitions: [s3Config], environment });
    s3 = store.handle(s3Config).current;
    scratch = await ScratchPostgres.create();
    await new Migrator(scratch.config, await collectFeatures(FilesModule)).migrate();
    app = await started(s3);
    files = app.get(FilesService);
  });

  afterAll(() => scratch.drop());

  it('tells of a file what was said of it', async () => {
    const file = { ...newFile(), owner: 'user-1' };
    const registered = await files.add(file);
    expect(registered).toEqual({ ...file, createdAt: expect.any(Date) });
    expect(await files.get(file.key)).toEqual(registered);
  });

  it('keeps the first file of a key', async () => {
    const file = newFile();
    await files.add(file);
    await expect(files.add({ ...file, size: 1 })).rejects.toHaveReason('FILE_EXISTS');
    expect(await files.get(file.key)).toMatchObject({ size: file.size, owner: undefined });
  });

  it('removes the object together with the record', async () => {
    const objects = app.get(FileStore);
    const file = newFile();
    await objects.upload(file.key, Readable.from([Buffer.from('content')]), { contentType: 'text/plain' });
    await files.add(file);
    expect(await files.remove(file.key)).toMatchObject({ key: file.key });
    await expect(objects.head(file.key)).rejects.toHaveReason('FILE_NOT_FOUND');
    await expect(files.get(file.key)).rejects.toHaveReason('FILE_NOT_FOUND');
  });

  it('knows nothing of a file that was not registered', async () => {
    await expect(files.get('unknown')).rejects.toHaveReason('FILE_NOT_FOUND');
    await expect(files.remove('unknown')).rejects.toHaveReason('FILE_NOT_FOUND');
  });

  it('keeps the record while the object cannot be removed', async () => {
    const file = newFile();
    await files.add(file);
    const cutOff = (await started({ ...s3, endpoint: NOBODY_LISTENS, maxAttempts: 1 })).get(FilesService);
    await expect(cutOff.remove(file.key)).rejects.toHaveReason('UPSTREAM_UNAVAILABLE');
    expect(await files.get(file.key)).toMatchObject({ key: file.key });
  });
});
