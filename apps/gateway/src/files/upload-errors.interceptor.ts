import {
  BadRequestException,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { catchError, type Observable, throwError } from 'rxjs';
import { FileMissingError, UploadFormError } from './files.errors.js';

/** Says in the words of the contract what the reader of the form refuses. Stands before that reader. */
@Injectable()
export class UploadErrorsInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError((error: unknown) => throwError(() => translate(error))));
  }
}

function translate(error: unknown): unknown {
  if (!(error instanceof BadRequestException)) return error;
  return /^Unexpected (file )?field/.test(error.message)
    ? FileMissingError.create(error)
    : UploadFormError.malformed(error);
}
