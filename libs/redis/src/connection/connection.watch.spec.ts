import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Dependency } from '@app/lifecycle';
import { ConnectionWatch } from './connection.watch.js';
import type { RedisClient } from './redis.client.js';

/** A driver that fails 153 times in a row, and then reconnects. */
function outageOf(client: EventEmitter): void {
  client.emit('close');
  for (let attempt = 0; attempt < 153; attempt += 1) {
    client.emit('error', new Error('connect ECONNREFUSED 127.0.0.1:6379'));
    client.emit('close');
  }
  client.emit('ready');
}

describe('the watch of a connection to Redis', () => {
  const lines = { warn: jest.fn(), log: jest.fn(), debug: jest.fn() };

  beforeEach(() => {
    for (const level of ['warn', 'log', 'debug'] as const) {
      lines[level].mockReset();
      jest.spyOn(Logger.prototype, level).mockImplementation(lines[level]);
    }
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('reports the loss with its reason and the recovery, so that the log has one line for each', () => {
    const client = new EventEmitter();
    const dependency = new Dependency('redis', () => undefined);
    const signal = dependency.connection('commands');
    const watch = new ConnectionWatch(client as unknown as RedisClient, 'localhost:6379', signal);
    client.emit('ready');
    lines.log.mockReset();
    outageOf(client);
    watch.stop();
    expect(lines.warn).toHaveBeenCalledTimes(1);
    expect(lines.log).toHaveBeenCalledTimes(1);
  });
});
