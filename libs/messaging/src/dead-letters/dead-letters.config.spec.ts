import { describe, expect, it } from '@jest/globals';
import { messagingConfig } from '../messaging.config.js';
import { deadLettersConfig } from './dead-letters.config.js';

describe('the record that prevents a second effect', () => {
  it.each([
    ['dead_letters.retention', deadLettersConfig.schema.shape.retention],
    ['messaging.inbox_retention', messagingConfig.schema.shape.inboxRetention],
  ])('is kept for at least one hour (%s)', (_key, schema) => {
    const taken = ['0s', '59m', '1h'].filter((text) => schema.safeParse(text).success);
    expect(taken).toEqual(['1h']);
  });
});
