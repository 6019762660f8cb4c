import { forwardRef, Module } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { collectDefinitions } from './collect-definitions.js';
import { defineConfig } from './config.definition.js';
import { ConfigModule } from './config.module.js';

const sectionOf = (name: string) => ConfigModule.forFeature(defineConfig(name, { schema: z.object({}) }));

describe('the sections of an app', () => {
  it('are those of all its modules, without duplicates', async () => {
    @Module({ imports: [sectionOf('mail')] })
    class MailModule {}

    @Module({ imports: [MailModule, forwardRef(() => CircularModule)] })
    class SmsModule {
      static async forRoot() {
        return { module: SmsModule, imports: [sectionOf('sms')] };
      }
    }

    @Module({ imports: [forwardRef(() => SmsModule), sectionOf('fax')] })
    class CircularModule {}

    @Module({ imports: [MailModule, SmsModule.forRoot()] })
    class AppModule {}

    const sections = (await collectDefinitions(AppModule)).map(({ section }) => section);
    expect(sections.sort()).toEqual(['fax', 'mail', 'sms']);
  });
});
