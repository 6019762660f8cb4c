import { createHash } from 'node:crypto';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refused } from './refused.ts';
import { S3Fixture } from './s3.fixture.ts';

const md5 = (content: string): string => `"${createHash('md5').update(content).digest('hex')}"`;

let s3: S3Fixture;

beforeAll(async () => {
  s3 = await S3Fixture.start();
});
afterAll(() => s3.stop());

async function put(at: { Bucket: string; Key: string }, Body: string): Promise<string> {
  return (await s3.client.send(new PutObjectCommand({ ...at, Body }))).ETag ?? '';
}

async function read(at: { Bucket: string; Key: string }): Promise<string> {
  const { Body } = await s3.client.send(new GetObjectCommand(at));
  return (await Body?.transformToString()) ?? '';
}

describe('a condition', () => {
  it('allows a write only when there is no object, even for many writes at once', async () => {
    const at = s3.at();
    const writes = Array.from({ length: 20 }, (_, index) =>
      s3.client.send(new PutObjectCommand({ ...at, Body: String(index), IfNoneMatch: '*' })),
    );
    const outcomes = await Promise.allSettled(writes);
    const winners = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
    expect(winners).toHaveLength(1);
    expect(await read(at)).toBe(String(winners[0]));
    const losers = outcomes.filter((outcome) => outcome.status === 'rejected');
    for (const { reason } of losers) expect(reason).toMatchObject(refused(412, 'PreconditionFailed'));
  });

  it('allows a write or a deletion only of the version that the client has seen', async () => {
    const at = s3.at();
    const write = (IfMatch: string) => s3.client.send(new PutObjectCommand({ ...at, Body: 'new', IfMatch }));
    await expect(write('"none"')).rejects.toMatchObject(refused(404, 'NoSuchKey'));
    const first = await put(at, 'old');
    await expect(write(md5('other'))).rejects.toMatchObject(refused(412, 'PreconditionFailed'));
    const { ETag } = await write(first);
    const deletion = (IfMatch?: string) => s3.client.send(new DeleteObjectCommand({ ...at, IfMatch }));
    await expect(deletion(first)).rejects.toMatchObject(refused(412, 'PreconditionFailed'));
    expect(await read(at)).toBe('new');
    await deletion(ETag);
    await expect(read(at)).rejects.toMatchObject(refused(404));
  });

  it('is rejected when S3 does not support it', async () => {
    const command = new PutObjectCommand({ ...s3.at(), Body: 'text', IfNoneMatch: '"abc"' });
    await expect(s3.client.send(command)).rejects.toMatchObject(refused(501, 'NotImplemented'));
  });

  it('allows a read only of a version, or of a newer one', async () => {
    const at = s3.at();
    const ETag = await put(at, 'text');
    const [past, future] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)];
    const get = (conditions: object) => s3.client.send(new GetObjectCommand({ ...at, ...conditions }));
    for (const holds of [
      { IfMatch: ETag },
      { IfMatch: '*' },
      { IfNoneMatch: '"other"' },
      { IfModifiedSince: past },
      { IfUnmodifiedSince: future },
      { IfMatch: ETag, IfUnmodifiedSince: past },
      { IfNoneMatch: '"other"', IfModifiedSince: future },
    ])
      await (await get(holds)).Body?.transformToString();
    for (const seen of [{ IfNoneMatch: ETag }, { IfNoneMatch: `"a", ${ETag}` }, { IfModifiedSince: future }])
      await expect(get(seen)).rejects.toMatchObject(refused(304));
    for (const fails of [{ IfMatch: '"other"' }, { IfUnmodifiedSince: past }])
      await expect(get(fails)).rejects.toMatchObject(refused(412, 'PreconditionFailed'));
  });
});
