import { AppError, Status } from '@app/errors';

export abstract class FilesError extends AppError {}

/** The form has no part with a file, or another part comes first. */
export class FileMissingError extends FilesError {
  static create(): FileMissingError {
    return fileMissing('There is no file in the request.');
  }

  /** @param found a description of the part that came instead of the file */
  static expectedFile(found: string): FileMissingError {
    return fileMissing(`The form has ${found} where the file is expected.`);
  }
}

function fileMissing(fault: string): FileMissingError {
  return new FileMissingError({
    reason: 'FILE_MISSING',
    status: Status.INVALID_ARGUMENT,
    message: `${fault} Send multipart/form-data with one part: the file, named "file" and with a file name.`,
  });
}

/** The server cannot read the form of the upload. */
export class UploadFormError extends FilesError {
  static moreThanOnePart(): UploadFormError {
    const message = 'must be the only part of the form';
    return new UploadFormError({
      reason: 'VALIDATION_FAILED',
      status: Status.INVALID_ARGUMENT,
      message:
        'The form has more than one part, and nothing of it was stored. Send each file in a form of its own.',
      details: { issues: [{ path: 'file', message }] },
    });
  }

  static unreadableName(): UploadFormError {
    return new UploadFormError({
      reason: 'MALFORMED_BODY',
      status: Status.INVALID_ARGUMENT,
      message: 'The form cannot be read: the name of the field or of the file is not UTF-8 without U+0000.',
    });
  }

  static unsupportedEncoding(encoding: string): UploadFormError {
    return new UploadFormError({
      reason: 'UNSUPPORTED_MEDIA_TYPE',
      status: Status.UNSUPPORTED_MEDIA_TYPE,
      message: `Files in the transfer encoding "${encoding.slice(0, 60)}" are not read here. Send the bytes as they are.`,
    });
  }

  static malformed(cause: Error): UploadFormError {
    return new UploadFormError({
      reason: 'MALFORMED_BODY',
      status: Status.INVALID_ARGUMENT,
      message: `The form cannot be read: ${cause.message.replace(/\.$/, '')}.`,
      cause,
    });
  }
}

/** A file with this key exists already and is not overwritten. */
export class FileExistsError extends FilesError {
  static at(key: string): FileExistsError {
    return new FileExistsError({
      reason: 'FILE_EXISTS',
      status: Status.ALREADY_EXISTS,
      message: 'There is a file with this key already. Choose another key.',
      details: { key },
    });
  }
}

/** The file belongs to another user. */
export class FileNotOwnedError extends FilesError {
  static at(key: string): FileNotOwnedError {
    return new FileNotOwnedError({
      reason: 'PERMISSION_DENIED',
      status: Status.PERMISSION_DENIED,
      message: 'Only the owner of a file or an admin may delete it.',
      details: { key },
    });
  }
}
