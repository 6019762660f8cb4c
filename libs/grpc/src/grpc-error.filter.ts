import { toAppError } from '@app/errors';
import { logError } from '@app/logging';
import { Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';

/** Makes an `AppError` of whatever a gRPC handler throws, and logs it as loud as it says. */
@Catch()
export class GrpcErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(GrpcErrorFilter.name);

  catch(thrown: unknown): Observable<never> {
    const error = toAppError(thrown);
    logError(this.logger, error);
    return throwError(() => error);
  }
}
