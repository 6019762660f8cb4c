import { createHash, randomBytes } from 'node:crypto';
import { Agent, get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ScratchS3 } from './servers/scratch-s3.js';

const Bucket = 'ganymede';
const MiB = 1024 ** 2;
const READERS = 300;

let s3: ScratchS3;

beforeAll(async () => {
  s3 = await ScratchS3.start();
});
afterAll(() => s3.drop());

const put = (Key: string, Body: Buffer) => s3.client.send(new PutObjectCommand({ Bucket, Key, Body }));

async function read(Key: string): Promise<Buffer> {
  const { Body } = await s3.client.send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

describe('a server that is killed', () => {
  it('has what it has answered, and of the rest nothing or the whole', async () => {
    const answered = new Set<string>();
    const hashOf = (content: Buffer) => createHash('sha256').update(content).digest('hex');
    const hashes = new Map<string, string>();
    const write = async (writer: number) => {
      for (let version = 0; ; version += 1) {
        const key = `killed/${writer}/${version}`;
        const content = randomBytes(version % 2 ? 100 : 200_000);
        hashes.set(key, hashOf(content));
        await put(key, content);
        answered.add(key);
        if (answered.size === 40) await s3.kill();
      }
    };
    await Promise.allSettled(Array.from({ length: 8 }, (_, writer) => write(writer)));
    await s3.restart();
    const found = await s3.objects();
    expect(found).toEqual(expect.arrayContaining([...answered]));
    for (const key of found) expect(hashOf(await read(key))).toBe(hashes.get(key));
  });

  it('has the last version that it has answered, and no deleted object', async () => {
    for (const version of ['1', '2', '3']) await put('versions', Buffer.from(version));
    await put('deleted', Buffer.from('1'));
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'deleted' }));
    const upload = { Bucket, Key: 'parts' };
    const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand(upload));
    const part = { ...upload, UploadId, PartNumber: 1, Body: Buffer.from('part') };
    await s3.client.send(new UploadPartCommand(part));
    await s3.kill();
    await s3.restart();
    expect(String(await read('versions'))).toBe('3');
    expect(await s3.objects()).not.toContain('deleted');
    const { Parts } = await s3.client.send(new ListPartsCommand({ ...upload, UploadId }));
    expect(Parts).toMatchObject([{ PartNumber: 1, Size: 4 }]);
  });
});

describe('a server with many readers that do not read', () => {
  it('serves the others meanwhile, and these once they do', async () => {
    const content = randomBytes(4 * MiB);
    await put('large', content);
    const url = await getSignedUrl(s3.client, new GetObjectCommand({ Bucket, Key: 'large' }));
    const agent = new Agent({ maxSockets: READERS });
    const readers = await Promise.all(
      Array.from({ length: READERS }, async () => {
        const [reply] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
        return reply;
      }),
    );
    const others = Array.from({ length: 6 }, async (_, index) => {
      const small = randomBytes(MiB);
      await put(`other/${index}`, small);
      expect((await read(`other/${index}`)).equals(small)).toBe(true);
    });
    await Promise.all(others);
    for (const reader of readers.slice(1)) reader.destroy();
    const [first] = readers;
    expect(Buffer.concat((await first?.toArray()) as Buffer[]).equals(content)).toBe(true);
    agent.destroy();
  });
});
