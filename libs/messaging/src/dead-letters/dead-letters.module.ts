import { PostgresModule } from '@app/postgres';
import { Module } from '@nestjs/common';
import { CreateDeadLetter1763610000002 } from '../migrations/1763610000002-create-dead-letter.migration.js';
import { HandleDeadLetters1763860000000 } from '../migrations/1763860000000-handle-dead-letters.migration.js';
import { DeadLetterEffect1764300000005 } from '../migrations/1764300000005-dead-letter-effect.migration.js';
import { DeadLetterHandled1764300000006 } from '../migrations/1764300000006-dead-letter-handled.migration.js';
import { DropDeadLetterEnded1764300000007 } from '../migrations/1764300000007-drop-dead-letter-ended.migration.js';
import { SettleDeadLetters1764300000009 } from '../migrations/1764300000009-settle-dead-letters.migration.js';
import { DeadLetters } from './dead-letters.js';

@Module({
  imports: [
    PostgresModule.forFeature({
      migrations: [
        CreateDeadLetter1763610000002,
        HandleDeadLetters1763860000000,
        DeadLetterEffect1764300000005,
        DeadLetterHandled1764300000006,
        DropDeadLetterEnded1764300000007,
        SettleDeadLetters1764300000009,
      ],
    }),
  ],
  providers: [DeadLetters],
  exports: [DeadLetters],
})
export class DeadLettersModule {}
