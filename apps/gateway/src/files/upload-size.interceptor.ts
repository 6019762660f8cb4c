import { type ConfigHandle, InjectConfig } from '@app/config';
import { FileTooLargeError, type S3Config, s3Config } from '@app/s3';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';

/** Allowed size of a form in addition to its file, in bytes. */
const FORM_OVERHEAD = 1024 ** 2;

/**
 * Refuses a form by its `Content-Length` before reading any of it, when its file must be too large. It runs before
 * the parser of the form, which counts the bytes of forms without a length.
 */
@Injectable()
export class UploadSizeInterceptor implements NestInterceptor {
  constructor(@InjectConfig(s3Config) private readonly config: ConfigHandle<S3Config>) {}

  /** @throws FileTooLargeError */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const { maxFileSize } = this.config.current;
    if (Number(headers['content-length'] ?? 0) > maxFileSize + FORM_OVERHEAD)
      throw FileTooLargeError.beyond(maxFileSize);
    return next.handle();
  }
}
