import { DeadLetterDeskModule } from '@app/messaging';
import { Module } from '@nestjs/common';
import { DeadLettersController } from './dead-letters.controller.js';

@Module({
  imports: [DeadLetterDeskModule],
  controllers: [DeadLettersController],
})
export class DeadLettersModule {}
