import { Catch, type ExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';
import { toGrpcError } from './to-grpc-error.js';

/** Converts what a gRPC handler throws to an `AppError`. The server logs it once, at the error's `logLevel`. */
@Catch()
export class GrpcErrorFilter implements ExceptionFilter {
  catch(thrown: unknown): Observable<never> {
    const error = toGrpcError(thrown);
    return throwError(() => error);
  }
}
