import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Readiness } from '@app/lifecycle';
import { Resilience } from '@app/resilience';
import type { INestApplicationContext } from '@nestjs/common';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { given } from '../../../test/support/apps/given.js';
import { ScratchS3 } from '../../../test/support/servers/scratch-s3.js';
import { FileStore, S3Module, StorageUnavailableError } from './index.js';

const MiB = 1024 ** 2;
const POLICIES = ['s3', 's3_upload'];
const contentType = 'application/octet-stream';

describe('after an outage of the store', () => {
  let scratch: ScratchS3;
  let app: INestApplicationContext;
  let store: FileStore;

  const openCircuits = async () => (await app.get(Readiness).report()).notes;

  beforeAll(async () => {
    scratch = await ScratchS3.start();
    const breaker = { half_open_after: '50ms' };
    const policies = Object.fromEntries(POLICIES.map((name) => [name, { breaker }]));
    app = await given
      .app('gateway')
      .with(S3Module)
      .configured({
        APP__S3__ENDPOINT: scratch.endpoint,
        APP__RESILIENCE__POLICIES: JSON.stringify(policies),
      })
      .start();
    store = app.get(FileStore);
  });

  afterAll(async () => {
    await app.close();
    await scratch.drop();
  });

  it('the first upload of many parts succeeds and closes the circuits', async () => {
    const unavailable = () =>
      Promise.reject(StorageUnavailableError.because(new Error('connection refused')));
    for (const name of POLICIES)
      for (let call = 0; call < 20; call += 1)
        await app
          .get(Resilience)
          .policy(name)
          .execute(unavailable)
          .catch(() => undefined);
    const tryAgain = { s3: 'half_open', s3_upload: 'half_open' };
    await eventually(async () => expect(await openCircuits()).toEqual({ circuits: tryAgain }));
    const chunk = Buffer.alloc(MiB);
    const content = Readable.from(Array.from({ length: 40 }, () => chunk));
    expect(await store.upload('uploads/after', content, { contentType })).toMatchObject({ size: 40 * MiB });
    expect(await openCircuits()).toBeUndefined();
  });
});
