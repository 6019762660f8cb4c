import { ConfigHandle, ConfigModule } from '@app/config';
import { Lifecycle, Readiness } from '@app/lifecycle';
import { Resilience, ResilienceModule } from '@app/resilience';
import { Module } from '@nestjs/common';
import { FolderMailer } from './folder.mailer.js';
import { type MailConfig, mailConfig } from './mail.config.js';
import { Mailer } from './mailer.js';
import { SmtpMailer } from './smtp.mailer.js';

@Module({
  imports: [ConfigModule.forFeature(mailConfig), ResilienceModule],
  providers: [
    {
      provide: Mailer,
      inject: [mailConfig.token, Resilience, Lifecycle, Readiness],
      useFactory: (config: ConfigHandle<MailConfig>, ...parts: [Resilience, Lifecycle, Readiness]): Mailer =>
        config.current.url ? new SmtpMailer(config, ...parts) : new FolderMailer(config.current),
    },
  ],
  exports: [Mailer],
})
export class MailModule {}
