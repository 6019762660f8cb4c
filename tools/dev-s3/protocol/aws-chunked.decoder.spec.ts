import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { AwsChunkedDecoder } from './aws-chunked.decoder.ts';

const body = '5;chunk-signature=abc\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n';

async function decode(pieces: readonly string[]): Promise<{ text: string; decoder: AwsChunkedDecoder }> {
  const decoder = new AwsChunkedDecoder();
  const text = (
    await buffer(Readable.from(pieces.map((piece) => Buffer.from(piece))).pipe(decoder))
  ).toString();
  return { text, decoder };
}

describe('a body in aws-chunked', () => {
  it('is decoded, with its trailers separate', async () => {
    const { text, decoder } = await decode([body]);
    expect(text).toBe('hello world');
    expect(decoder.trailers.get('x-amz-checksum-crc32')).toBe('DUoRhQ==');
  });

  it('is decoded alike in packets of any size', async () => {
    expect((await decode(body.split(''))).text).toBe('hello world');
  });

  it('may omit the last empty line', async () => {
    expect((await decode(['2\r\nhi\r\n0\r\n'])).text).toBe('hi');
  });

  it.each([
    ['ends in the middle of a chunk', '5\r\nhel', 'ended in the middle'],
    ['has a chunk longer than its size', '2\r\nhello\r\n0\r\n\r\n', 'longer than its size'],
    ['has a chunk without a size', 'hello\r\n', 'without a size'],
  ])('is refused when it %s', async (_fault, text, message) => {
    await expect(decode([text])).rejects.toThrow(message);
  });
});
