import { Public, Roles } from '@app/auth';
import { Book, BooksServiceClient, Comment } from '@app/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  type BookId,
  bookId,
  createBook,
  type CreateBookBody,
  updateBook,
  type UpdateBookBody,
} from './books.schemas.js';

@Controller()
export class BooksController {
  constructor(private readonly books: BooksServiceClient) {}

  @Public()
  @Get('v1/detail')
  detail(@Query({ schema: bookId }) { id }: BookId): Promise<unknown> {
    return this.describe(id);
  }

  @Public()
  @Get('api/v1/books/:id')
  get(@Param({ schema: bookId }) { id }: BookId): Promise<unknown> {
    return this.describe(id);
  }

  @Roles('admin')
  @Post('api/v1/books')
  async create(@Body({ schema: createBook }) body: CreateBookBody): Promise<unknown> {
    return Book.toJSON(await this.books.create(body));
  }

  @Roles('admin')
  @Patch('api/v1/books/:id')
  async update(
    @Param({ schema: bookId }) { id }: BookId,
    @Body({ schema: updateBook }) changes: UpdateBookBody,
  ): Promise<unknown> {
    return Book.toJSON(await this.books.update({ id, ...changes }));
  }

  @Roles('admin')
  @Delete('api/v1/books/:id')
  @HttpCode(204)
  async delete(@Param({ schema: bookId }) { id }: BookId): Promise<void> {
    await this.books.delete({ id });
  }

  /** A part that could not be loaded is left out, and `degraded` names it. An empty list would be wrong. */
  private async describe(id: number): Promise<unknown> {
    const { book, comments, degraded } = await this.books.get({ id });
    const json = Book.toJSON(book ?? Book.create());
    if (!comments) return { ...Object(json), degraded };
    return { ...Object(json), comments: comments.items.map((comment) => Comment.toJSON(comment)) };
  }
}
