import { FileChange, FileEvent } from '@app/contracts';
import { ConsumerModule } from '@app/messaging';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ScratchWorker } from '../../../../test/support/apps/scratch-worker.js';
import { FileUsageController } from './file-usage.controller.js';
import { FilesConsumer } from './files.consumer.js';
import { FilesModule } from './files.module.js';

describe('the usage of files', () => {
  let worker: ScratchWorker;

  const changed = (change: FileChange, file: Partial<FileEvent>) =>
    worker.app
      .get(FilesConsumer)
      .onChange(
        FileEvent.fromPartial({ key: 'k', contentType: 'image/png', owner: 'user-1', ...file, change }),
      );
  const stored = (file: Partial<FileEvent>) => changed(FileChange.STORED, file);
  const removed = (file: Partial<FileEvent>) => changed(FileChange.REMOVED, file);
  const usage = (owner?: string) => worker.app.get(FileUsageController).get({ owner });

  beforeAll(async () => {
    // No consumer is opened: the queue belongs to the apps that run beside this.
    worker = await ScratchWorker.start({ imports: [ConsumerModule, FilesModule] });
  });
  afterAll(() => worker.stop());
  beforeEach(() => worker.postgres.execute('TRUNCATE file_usage'));

  it("is the sum of an owner's files by content type, largest first", async () => {
    await stored({ size: 10 });
    await stored({ size: 20 });
    await stored({ size: 100, contentType: 'text/plain' });
    await stored({ size: 5, owner: 'user-2' });
    expect(await usage('user-1')).toEqual({
      files: 3,
      bytes: 130,
      contentTypes: [
        { contentType: 'text/plain', files: 1, bytes: 100 },
        { contentType: 'image/png', files: 2, bytes: 30 },
      ],
    });
  });

  it('of all owners includes files without an owner', async () => {
    await stored({ size: 5, owner: 'user-2' });
    await stored({ size: 1, owner: undefined });
    expect(await usage()).toMatchObject({ files: 2, bytes: 6 });
  });

  it('is correct in any order of the events of a file', async () => {
    await removed({ size: 10 });
    await stored({ size: 10 });
    expect(await usage('user-1')).toEqual({ files: 0, bytes: 0, contentTypes: [] });
  });
});
