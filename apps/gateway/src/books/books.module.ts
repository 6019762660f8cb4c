import {
  BooksServiceClient,
  BooksServiceDefinition,
  CommentsServiceClient,
  CommentsServiceDefinition,
} from '@app/contracts';
import { GrpcClientModule } from '@app/grpc';
import { Module } from '@nestjs/common';
import { BooksController } from './books.controller.js';
import { CommentsController } from './comments.controller.js';

@Module({
  imports: [
    GrpcClientModule.forFeature(
      'grpc-server',
      { client: BooksServiceClient, definition: BooksServiceDefinition },
      { client: CommentsServiceClient, definition: CommentsServiceDefinition },
    ),
  ],
  controllers: [BooksController, CommentsController],
})
export class BooksModule {}
