import { type ConfigHandle, InjectConfig } from '@app/config';
import type { Book } from '@app/contracts';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { BookStore } from './book.store.js';
import { type BooksConfig, booksConfig } from './books.config.js';

/** Sample books, so that a fresh clone of the project has data to read. */
const SAMPLES: readonly Book[] = [
  {
    id: 1,
    title: 'Release It!',
    author: 'Michael T. Nygard',
    intro: 'How systems fail in production, and what they are to be built with so that they do not.',
  },
  {
    id: 2,
    title: 'Designing Data-Intensive Applications',
    author: 'Martin Kleppmann',
    intro: 'What databases, queues and caches promise, and what they do not.',
  },
  {
    id: 3,
    title: 'The Mythical Man-Month',
    author: 'Frederick P. Brooks',
    intro: 'Why a late project is made later by more people.',
  },
];

/** Stores the samples when `books.samples` is on and there is no book yet. */
@Injectable()
export class BookSamples implements OnApplicationBootstrap {
  private readonly logger = new Logger(BookSamples.name);

  constructor(
    private readonly store: BookStore,
    @InjectConfig(booksConfig) private readonly config: ConfigHandle<BooksConfig>,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.current.samples) return;
    try {
      if ((await this.store.begin(SAMPLES)) > 0) this.logger.log('the sample books are there');
    } catch (error) {
      this.logger.warn(
        { err: error },
        'the sample books could not be stored; has the database been migrated?',
      );
    }
  }
}
