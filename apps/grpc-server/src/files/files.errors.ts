import { AppError, Status } from '@app/errors';

export abstract class FileRegisterError extends AppError {}

/** A file with this key exists already. It was not changed. */
export class FileExistsError extends FileRegisterError {
  static at(key: string): FileExistsError {
    return new FileExistsError({
      reason: 'FILE_EXISTS',
      status: Status.ALREADY_EXISTS,
      message: 'There is a file with this key already. Give each upload a key of its own.',
      details: { key },
    });
  }
}

/** No file with this key was registered. */
export class FileNotRegisteredError extends FileRegisterError {
  static at(key: string): FileNotRegisteredError {
    return new FileNotRegisteredError({
      reason: 'FILE_NOT_FOUND',
      status: Status.NOT_FOUND,
      message: 'There is no file with this key. Use the key that the upload returned.',
      details: { key },
    });
  }
}
