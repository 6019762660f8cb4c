import { pipeline, Transform } from 'node:stream';
import { AppError } from '@app/errors';
import { isStorableText } from '@app/json';
import type { Multipart, MultipartFile } from '@fastify/multipart';
import type { MultipartFileStream } from '@nestjs/platform-fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { FileMissingError, type FilesError, UploadFormError } from './files.errors.js';

/** The field name of the only part. */
export const FIELD = 'file';

/** Any second part is an error. The size of the file is checked where it is stored. */
const LIMITS = { parts: 1, fileSize: Infinity };
/** Transfer encodings that do not change the bytes of a part. */
const PLAIN_ENCODINGS: ReadonlySet<string> = new Set(['7bit', '8bit', 'binary']);

/**
 * A form with exactly one part, a file. A second file or a text would be dropped, so it is refused. The stream of
 * the file ends only after the form has ended correctly, so that no file is stored of a form that is refused later.
 */
export class SingleFileForm {
  private refused: AppError | undefined;

  private constructor(private readonly parts: AsyncIterator<Multipart>) {}

  static of(request: FastifyRequest): SingleFileForm {
    const parts = request.parts({ isPartAFile: () => true, limits: LIMITS });
    return new SingleFileForm(parts[Symbol.asyncIterator]());
  }

  /** Why the form is refused. The stream fails with this error, but its reader may throw an error of its own. */
  get refusal(): AppError | undefined {
    return this.refused;
  }

  /** @throws FileMissingError, UploadFormError */
  async open(): Promise<MultipartFileStream> {
    const part = await this.next();
    if (part?.type !== 'file') throw this.refuse(FileMissingError.expectedFile('no part'));
    const refusal = refusalOf(part);
    if (refusal) {
      part.file.resume();
      throw this.refuse(refusal);
    }
    // A short form may have failed before any code could listen to its file.
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
      // Unless the reader itself has ended the stream.
      if (!guarded.destroyed) this.refuse(faultOf(error));
    });
    // The reader of the stream gets the error.
    return pipeline(file, guarded, () => undefined);
  }

  /** Resolves when only the end of the form follows the file. */
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

/** The server ends a form that is too slow with an AppError; any other error is a malformed form. */
function faultOf(error: Error): AppError {
  return error instanceof AppError ? error : UploadFormError.malformed(error);
}

/** Checks the names, which come from the client: the parser's types promise more than it guarantees. */
function refusalOf(part: MultipartFile): FilesError | undefined {
  const { fieldname, filename } = part as { fieldname?: string; filename?: string };
  if (fieldname === undefined) return FileMissingError.expectedFile('a part without a name');
  if (![fieldname, filename ?? ''].every(isText)) return UploadFormError.unreadableName();
  if (fieldname !== FIELD)
    return FileMissingError.expectedFile(
      `the ${filename === undefined ? 'text' : 'file'} "${printable(fieldname)}"`,
    );
  if (filename === undefined) return FileMissingError.expectedFile(`the text "${FIELD}" without a file name`);
  if (filename === '') return FileMissingError.expectedFile(`the field "${FIELD}" with an empty file name`);
  return PLAIN_ENCODINGS.has(part.encoding) ? undefined : UploadFormError.unsupportedEncoding(part.encoding);
}

/** The parser replaces bytes that are not UTF-8 with U+FFFD. */
function isText(name: string): boolean {
  return isStorableText(name) && !name.includes('\ufffd');
}

function printable(name: string): string {
  return name.slice(0, 60).toWellFormed();
}
