import { pipeline, Transform } from 'node:stream';
import { AppError } from '@app/errors';
import { isStorableText } from '@app/json';
import type { Multipart, MultipartFile } from '@fastify/multipart';
import type { MultipartFileStream } from '@nestjs/platform-fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { FileMissingError, type FilesError, UploadFormError } from './files.errors.js';

/** The name of the one part. */
export const FIELD = 'file';

/** A second part is an error, whatever it is. The size of the file is watched where it is stored. */
const LIMITS = { parts: 1, fileSize: Infinity };
/** What leaves the bytes of a part as they are. */
const PLAIN_ENCODINGS: ReadonlySet<string> = new Set(['7bit', '8bit', 'binary']);

/**
 * A form with one part, which is a file: a second file, or a text beside it, would be dropped and is refused. The stream
 * of the file ends once the form has ended as it must, so that nobody stores what is refused afterwards.
 */
export class SingleFileForm {
  private refused: AppError | undefined;

  private constructor(private readonly parts: AsyncIterator<Multipart>) {}

  static of(request: FastifyRequest): SingleFileForm {
    const parts = request.parts({ isPartAFile: () => true, limits: LIMITS });
    return new SingleFileForm(parts[Symbol.asyncIterator]());
  }

  /** Why the form is refused; the stream fails for it, and who reads the stream may fail in words of its own. */
  get refusal(): AppError | undefined {
    return this.refused;
  }

  /** @throws FileMissingError, UploadFormError */
  async open(): Promise<MultipartFileStream> {
    const part = await this.next();
    if (part?.type !== 'file') throw this.refuse(FileMissingError.found('no part'));
    const refusal = refusalOf(part);
    if (refusal) {
      part.file.resume();
      throw this.refuse(refusal);
    }
    // A short form may have broken off before anybody could listen to its file.
    if (part.file.errored) throw this.refuse(faultOf(part.file.errored));
    const { fieldname, filename: originalname, encoding, mimetype } = part;
    return { fieldname, originalname, encoding, mimetype, stream: this.guard(part) };
  }

  private guard({ file }: MultipartFile): MultipartFileStream['stream'] {
    const guarded = new Transform({
      transform: (chunk, _encoding, done) => done(null, chunk),
      flush: (done) => void this.end().then(() => done(), done),
    });
    file.once('error', (error) => {
      // Unless it is its reader who gave it up.
      if (!guarded.destroyed) this.refuse(faultOf(error));
    });
    // Whoever reads the other end gets the error.
    return pipeline(file, guarded, () => undefined);
  }

  /** Resolves when nothing stands behind the file but the end of the form. */
  private async end(): Promise<void> {
    if (await this.next()) throw this.refuse(UploadFormError.moreThanOnePart());
  }

  private async next(): Promise<Multipart | undefined> {
    try {
      const { done, value } = (await this.parts.next()) as IteratorResult<Multipart, undefined>;
      return done ? undefined : value;
    } catch (error) {
      const isSecondPart = (error as { code?: unknown }).code === 'FST_PARTS_LIMIT';
      throw this.refuse(isSecondPart ? UploadFormError.moreThanOnePart() : faultOf(error as Error));
    }
  }

  private refuse(refusal: AppError): AppError {
    this.refused ??= refusal;
    return this.refused;
  }
}

/** The server ends a form that comes too slowly with an error of its own; anything else broke the form. */
function faultOf(error: Error): AppError {
  return error instanceof AppError ? error : UploadFormError.malformed(error);
}

/** The names come from outside; the types of the reader promise more than it keeps. */
function refusalOf(part: MultipartFile): FilesError | undefined {
  const { fieldname, filename } = part as { fieldname?: string; filename?: string };
  if (fieldname === undefined) return FileMissingError.found('a part without a name');
  if (![fieldname, filename ?? ''].every(isText)) return UploadFormError.unreadableName();
  if (fieldname !== FIELD)
    return FileMissingError.found(
      `the ${filename === undefined ? 'text' : 'file'} "${printable(fieldname)}"`,
    );
  if (filename === undefined) return FileMissingError.found(`the text "${FIELD}" without a file name`);
  if (filename === '') return FileMissingError.found(`the field "${FIELD}" with an empty file name`);
  return PLAIN_ENCODINGS.has(part.encoding) ? undefined : UploadFormError.encoded(part.encoding);
}

/** Bytes that are not UTF-8 come as U+FFFD. */
function isText(name: string): boolean {
  return isStorableText(name) && !name.includes('\ufffd');
}

function printable(name: string): string {
  return name.slice(0, 60).toWellFormed();
}
