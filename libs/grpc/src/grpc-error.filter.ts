import { Catch, type ExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';
import { toGrpcError } from './to-grpc-error.js';

/** Makes an `AppError` of whatever a gRPC handler throws; the server logs it, once, as loud as it says. */
@Catch()
export class GrpcErrorFilter implements ExceptionFilter {
  catch(thrown: unknown): Observable<never> {
    const error = toGrpcError(thrown);
    return throwError(() => error);
  }
}
