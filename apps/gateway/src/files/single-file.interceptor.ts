import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { AppError, Status } from '@app/errors';
import { HttpRequestError } from '@app/http';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { catchError, concatMap, from, type Observable } from 'rxjs';
import { SingleFileForm } from './single-file.form.js';

/**
 * Passes the file of a form to the handler as a stream, as `@UploadedFile()`: undefined when the request has no
 * form. Nest's `FileStreamInterceptor` stops reading after the file, and so drops the other parts of the form.
 */
@Injectable()
export class SingleFileInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { raw } = request;
    // The parser's own decorators use the property in which Nest expects the file.
    Object.assign(request, { file: undefined });
    if (!request.isMultipart()) return next.handle();
    const form = SingleFileForm.of(request);
    return from(form.open()).pipe(
      concatMap((file) => {
        Object.assign(request, { file });
        return next.handle();
      }),
      concatMap(async (result: unknown) => {
        await discardRest(raw);
        return result;
      }),
      catchError(async (error: unknown) => {
        const refusal = form.refusal ?? error;
        if (!isCutOff(refusal)) await discardRest(raw);
        throw refusal;
      }),
    );
  }
}

/** The server itself has ended the read, so there is no rest to wait for, or the rest would come too slowly. */
function isCutOff(error: unknown): boolean {
  return (
    error instanceof HttpRequestError ||
    (error instanceof AppError && error.status === Status.REQUEST_TIMEOUT)
  );
}

/** Reads and drops the rest: a client that is still sending would not see the reply. */
async function discardRest(request: IncomingMessage): Promise<void> {
  request.unpipe();
  if (request.readableEnded || request.destroyed) return;
  const over = Promise.race([once(request, 'end'), once(request, 'close')]);
  request.resume();
  await over.catch(() => undefined);
}
