import {
  type Book,
  type BookDetail,
  BooksServiceDefinition,
  type BooksServiceImplementation,
  type CreateBookRequest,
  type DeleteBookRequest,
  type UpdateBookRequest,
  type ValidGetBookRequest,
} from '@app/contracts';
import { GrpcService } from '@app/grpc';
import { Controller } from '@nestjs/common';
import { BooksService } from './books.service.js';

@Controller()
@GrpcService(BooksServiceDefinition)
export class BooksController implements BooksServiceImplementation {
  constructor(private readonly books: BooksService) {}

  get({ id }: ValidGetBookRequest): Promise<BookDetail> {
    return this.books.get(id);
  }

  create(request: CreateBookRequest): Promise<Book> {
    return this.books.create(request);
  }

  update(request: UpdateBookRequest): Promise<Book> {
    return this.books.update(request);
  }

  delete({ id }: DeleteBookRequest): Promise<Book> {
    return this.books.remove(id);
  }
}
