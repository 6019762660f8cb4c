import { ConfigModule } from '@app/config';
import { Module } from '@nestjs/common';
import { OutboxModule } from '../outbox/outbox.module.js';
import { DeadLetterAdmin } from './dead-letter.admin.js';
import { DeadLetterPruner } from './dead-letter.pruner.js';
import { DeadLetterStore } from './dead-letter.store.js';
import { deadLettersConfig } from './dead-letters.config.js';
import { DeadLetterMetrics } from './dead-letters.metrics.js';
import { DeadLettersModule } from './dead-letters.module.js';
import { RedriveStore } from './redrive.store.js';
import { Redriver } from './redriver.js';
import { RetentionStore } from './retention.store.js';

/** `DeadLetterAdmin`, with which operators list, redrive and discard dead letters. For the app that consumes. */
@Module({
  imports: [ConfigModule.forFeature(deadLettersConfig), DeadLettersModule, OutboxModule],
  providers: [
    DeadLetterAdmin,
    DeadLetterStore,
    DeadLetterMetrics,
    Redriver,
    RedriveStore,
    DeadLetterPruner,
    RetentionStore,
  ],
  exports: [DeadLetterAdmin],
})
export class DeadLetterAdminModule {}
