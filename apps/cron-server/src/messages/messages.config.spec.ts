import { loadConfig } from '@app/config';
import { describe, expect, it } from '@jest/globals';
import { messagesConfig } from './messages.config.js';

describe('messages.retention', () => {
  const load = async (retention: string) => {
    const environment = { APP_ENV: 'test', APP__MESSAGES__RETENTION: retention };
    const store = await loadConfig({ app: 'cron-server', definitions: [messagesConfig], environment });
    return store.handle(messagesConfig).current.retention;
  };

  it.each(['0s', '1ms', '59m'])(
    'is refused at %s, since a late copy could soon have a second effect',
    async (short) => {
      await expect(load(short)).rejects.toThrow(/messages\.retention.*1h/s);
    },
  );

  it('may be an hour', async () => {
    expect(await load('1h')).toBe(3_600_000);
  });
});
