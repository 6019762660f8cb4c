import { MailModule } from '@app/mail';
import { Module } from '@nestjs/common';
import { UsersConsumer } from './users.consumer.js';

@Module({ imports: [MailModule], controllers: [UsersConsumer] })
export class UsersModule {}
