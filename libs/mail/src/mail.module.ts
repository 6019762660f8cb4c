import { ConfigHandle, ConfigModule } from '@app/config';
import { ResilienceModule } from '@app/resilience';
import { Module } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { FolderMailer } from './folder.mailer.js';
import { type MailConfig, mailConfig } from './mail.config.js';
import { Mailer } from './mailer.js';
import { SmtpMailer } from './smtp.mailer.js';

@Module({
  imports: [ConfigModule.forFeature(mailConfig), ResilienceModule],
  providers: [
    {
      provide: Mailer,
      inject: [mailConfig.token, ModuleRef],
      useFactory: ({ current }: ConfigHandle<MailConfig>, modules: ModuleRef): Promise<Mailer> =>
        modules.create<Mailer>(current.url ? SmtpMailer : FolderMailer),
    },
  ],
  exports: [Mailer],
})
export class MailModule {}
