import { type ConfigHandle, InjectConfig } from '@app/config';
import { FileTooLargeError, type S3Config, s3Config } from '@app/s3';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';

/** What a form may have around its file, in bytes. */
const FORM_OVERHEAD = 1024 ** 2;

/**
 * Refuses a form whose length alone says that its file is too large, before anything of it is read. Stands before the
 * reader of the form, which counts the bytes of the others.
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
