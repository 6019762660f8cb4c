import { currentPrincipal, Public } from '@app/auth';
import { Comment, CommentsServiceClient } from '@app/contracts';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import {
  type BookId,
  bookId,
  commentsOfBook,
  type CommentsOfBook,
  type CommentsPage,
  commentsPage,
  postComment,
  type PostCommentBody,
  postCommentOfBook,
  type PostCommentOfBookBody,
} from './books.schemas.js';

@Controller()
export class CommentsController {
  constructor(private readonly comments: CommentsServiceClient) {}

  @Public()
  @Get('v1/get')
  list(@Query({ schema: commentsOfBook }) { id, ...page }: CommentsOfBook): Promise<unknown> {
    return this.listed(id, page);
  }

  @Public()
  @Get('api/v1/books/:id/comments')
  listOf(
    @Param({ schema: bookId }) { id }: BookId,
    @Query({ schema: commentsPage }) page: CommentsPage,
  ): Promise<unknown> {
    return this.listed(id, page);
  }

  @Post('v1/post')
  post(@Body({ schema: postCommentOfBook }) { id, content }: PostCommentOfBookBody): Promise<unknown> {
    return this.posted(id, content);
  }

  @Post('api/v1/books/:id/comments')
  postTo(
    @Param({ schema: bookId }) { id }: BookId,
    @Body({ schema: postComment }) { content }: PostCommentBody,
  ): Promise<unknown> {
    return this.posted(id, content);
  }

  private async listed(id: number, page: CommentsPage): Promise<unknown> {
    const { items, nextCursor } = await this.comments.list({ bookId: id, ...page });
    return { items: items.map((comment) => Comment.toJSON(comment)), next_cursor: nextCursor ?? null };
  }

  private async posted(id: number, content: string): Promise<unknown> {
    const author = currentPrincipal().id;
    return Comment.toJSON(await this.comments.post({ bookId: id, author, content }));
  }
}
