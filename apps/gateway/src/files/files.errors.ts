import { AppError, Status } from '@app/errors';

export abstract class FilesError extends AppError {}

/** The form has no file where one is expected. */
export class FileMissingError extends FilesError {
  static create(cause?: unknown): FileMissingError {
    return new FileMissingError({
      reason: 'FILE_MISSING',
      status: Status.INVALID_ARGUMENT,
      message: 'There is no file in the request. Send multipart/form-data with the file in the field "file".',
      cause,
    });
  }
}

/** The request is not a form that can be read. */
export class UploadFormError extends FilesError {
  static malformed(cause: Error): UploadFormError {
    return new UploadFormError({
      reason: 'MALFORMED_BODY',
      status: Status.INVALID_ARGUMENT,
      message: `The form cannot be read: ${cause.message.replace(/\.$/, '')}.`,
      cause,
    });
  }
}

/** The key is taken, and what has it is not to be written over. */
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

/** The file belongs to somebody else. */
export class FileNotYoursError extends FilesError {
  static at(key: string): FileNotYoursError {
    return new FileNotYoursError({
      reason: 'PERMISSION_DENIED',
      status: Status.PERMISSION_DENIED,
      message: 'Only the owner of a file or an admin may delete it.',
      details: { key },
    });
  }
}
