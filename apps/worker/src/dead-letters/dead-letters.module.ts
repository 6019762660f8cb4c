import { DeadLetterAdminModule } from '@app/messaging';
import { Module } from '@nestjs/common';
import { DeadLettersController } from './dead-letters.controller.js';

@Module({
  imports: [DeadLetterAdminModule],
  controllers: [DeadLettersController],
})
export class DeadLettersModule {}
