import { ConfigModule } from '@app/config';
import { PostgresModule } from '@app/postgres';
import { ResilienceModule } from '@app/resilience';
import { Module } from '@nestjs/common';
import { BookEntity } from './book.entity.js';
import { BookSamples } from './book.samples.js';
import { BookStore } from './book.store.js';
import { booksConfig } from './books.config.js';
import { BooksController } from './books.controller.js';
import { BooksService } from './books.service.js';
import { CommentEntity } from './comment.entity.js';
import { CommentStore } from './comment.store.js';
import { CommentsController } from './comments.controller.js';
import { CommentsService } from './comments.service.js';
import { Books1763650200000 } from './migrations/1763650200000-books.migration.js';

@Module({
  imports: [
    ConfigModule.forFeature(booksConfig),
    PostgresModule.forFeature({
      entities: [BookEntity, CommentEntity],
      migrations: [Books1763650200000],
    }),
    ResilienceModule,
  ],
  controllers: [BooksController, CommentsController],
  providers: [BooksService, BookStore, BookSamples, CommentsService, CommentStore],
})
export class BooksModule {}
