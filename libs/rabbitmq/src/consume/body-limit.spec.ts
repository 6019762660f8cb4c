import type { Channel, ConsumeMessage } from 'amqplib';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { droppedSizeOf, limitBodies } from './body-limit.js';

const LIMIT = 100;

let accepted: object[];
let channel: Channel;

const receive = (...frames: object[]): void => {
  for (const frame of frames) (channel as unknown as { accept(frame: object): void }).accept(frame);
};
const header = (size: number, fields: object = {}) => ({ id: 60, channel: 1, size, fields });
const body = (size: number) => ({ channel: 1, content: Buffer.alloc(size) });
const deliver = { id: 60 << 16, channel: 1, fields: { deliveryTag: 1 } };

beforeEach(() => {
  accepted = [];
  channel = { accept: (frame: object) => accepted.push(frame) } as unknown as Channel;
  limitBodies(channel, () => LIMIT);
});

describe('a channel with a limit', () => {
  it('passes on a message of exactly its limit, frame by frame', () => {
    const frames = [deliver, header(LIMIT), body(60), body(40)];
    receive(...frames);
    expect(accepted).toEqual(frames);
  });

  it('passes on a larger message at once without its body, and keeps no part of the body', () => {
    const fields = { messageId: 'm' };
    receive(deliver, header(LIMIT + 1, fields));
    expect(accepted).toEqual([deliver, header(0, fields)]);
    receive(body(60), body(41));
    expect(accepted).toHaveLength(2);
    expect(droppedSizeOf({ properties: fields } as unknown as ConsumeMessage)).toBe(LIMIT + 1);
  });

  it('reads the message after a larger one unchanged', () => {
    const next = [deliver, header(5), body(5)];
    receive(deliver, header(1_000), body(600), body(400), ...next);
    expect(accepted.slice(2)).toEqual(next);
  });

  it('reports no dropped size for a complete message, whatever its sender wrote', () => {
    const properties = { headers: { size: 1_000 } };
    receive(deliver, header(5, properties), body(5));
    expect(droppedSizeOf({ properties } as unknown as ConsumeMessage)).toBeUndefined();
  });
});
