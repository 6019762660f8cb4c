import { CreateBookRequestRules, ListCommentsRequestRules, PostCommentRequestRules } from '@app/contracts';
import { boundedText, type TextRules } from '@app/http';
import { z } from 'zod';

const { title, author, intro } = CreateBookRequestRules;
const { content } = PostCommentRequestRules;
const { minimum, maximum } = ListCommentsRequestRules.limit;

/** An integer in an address, within the range that a JSON number holds exactly. */
const id = z
  .string()
  .regex(/^-?\d{1,16}$/, { error: 'must be a whole number' })
  .transform(Number)
  .pipe(z.int());

const line = (rules: TextRules) => boundedText({ ...rules, minLength: 1 }, 'must be one line of text');

const text = (rules: TextRules) =>
  boundedText(rules, 'must be text that can be stored, and must not be blank');

const page = {
  limit: z.coerce.number().int().min(minimum).max(maximum).default(20),
  cursor: z.string().min(1).max(64).optional(),
};

const book = { title: line(title), author: line(author), intro: text(intro) };

export const bookId = z.strictObject({ id });

export const createBook = z.strictObject({ ...book, intro: book.intro.default('') });

export const updateBook = z
  .strictObject(book)
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, { error: 'must change something' });

export const commentsPage = z.strictObject(page);

export const commentsOfBook = z.strictObject({ id, ...page });

export const postComment = z.strictObject({ content: text(content) });

export const postCommentOfBook = z.strictObject({ id: z.int(), content: text(content) });

export type BookId = z.output<typeof bookId>;
export type CreateBookBody = z.output<typeof createBook>;
export type UpdateBookBody = z.output<typeof updateBook>;
export type CommentsPage = z.output<typeof commentsPage>;
export type CommentsOfBook = z.output<typeof commentsOfBook>;
export type PostCommentBody = z.output<typeof postComment>;
export type PostCommentOfBookBody = z.output<typeof postCommentOfBook>;
