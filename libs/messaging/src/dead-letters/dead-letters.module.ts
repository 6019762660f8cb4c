import { PostgresModule } from '@app/postgres';
import { Module } from '@nestjs/common';
import { CreateDeadLetter1763610000002 } from '../migrations/1763610000002-create-dead-letter.migration.js';
import { HandleDeadLetters1763860000000 } from '../migrations/1763860000000-handle-dead-letters.migration.js';
import { DeadLetters } from './dead-letters.js';

@Module({
  imports: [
    PostgresModule.forFeature({
      migrations: [CreateDeadLetter1763610000002, HandleDeadLetters1763860000000],
    }),
  ],
  providers: [DeadLetters],
  exports: [DeadLetters],
})
export class DeadLettersModule {}
