import { PublicInDevelopment } from '@app/auth';
import {
  type ByteRange,
  FileStore,
  type FileHead,
  isHeld,
  type ReadConditions,
  RangeNotSatisfiableError,
} from '@app/s3';
import {
  Controller,
  Delete,
  Get,
  Head,
  Headers,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
  StreamableFile,
  UploadedFile,
  UseInterceptors,
} from '@nestjs/common';
import type { MultipartFileStream } from '@nestjs/platform-fastify/multipart';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeContent, describeFile } from './file.reply.js';
import { FileMissingError, UploadFormError } from './files.errors.js';
import { type FileParams, fileParams, type PresignedUrlQuery, presignedUrlQuery } from './files.schemas.js';
import { FilesService } from './files.service.js';
import { parseRange } from './range.header.js';
import { SingleFileInterceptor } from './single-file.interceptor.js';
import { asTransfer } from './transfer.context.js';

const NOT_MODIFIED = 304;
const MULTIPART = /^multipart\/form-data\b/i;

interface ConditionalHeaders {
  range?: string;
  'if-range'?: string;
  'if-none-match'?: string;
  'if-modified-since'?: string;
}

@PublicInDevelopment()
@Controller('api/v1')
export class FilesController {
  constructor(
    private readonly files: FilesService,
    private readonly store: FileStore,
  ) {}

  @Post('upload')
  @UseInterceptors(SingleFileInterceptor)
  async upload(
    @UploadedFile() file: MultipartFileStream | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const contentType = request.headers['content-type'] ?? '';
    if (contentType && !MULTIPART.test(contentType)) throw UploadFormError.notMultipart(contentType);
    if (!file) throw FileMissingError.create();
    const {
      key,
      size,
      contentType: content_type,
      sha256,
    } = await asTransfer(reply, () => this.files.upload(file));
    return { key, url: `/api/v1/files/${key}`, size, content_type, sha256 };
  }

  @Head('files/*')
  async head(
    @Param({ schema: fileParams }) { key }: FileParams,
    @Headers() headers: ConditionalHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const file = await this.store.head(key);
    describeFile(reply, file);
    if (isHeld(conditionsOf(headers), file)) void reply.status(NOT_MODIFIED);
    else describeContent(reply, file);
  }

  @Get('files/*')
  async download(
    @Param({ schema: fileParams }) { key }: FileParams,
    @Headers() headers: ConditionalHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const range = await this.rangeOf(key, headers);
    const open = () => this.store.open(key, { range, ...conditionsOf(headers) });
    const opening = await asTransfer(reply, open).catch((error: unknown) => {
      if (error instanceof RangeNotSatisfiableError)
        void reply.header('content-range', `bytes */${error.size}`);
      throw error;
    });
    describeFile(reply, opening.file);
    if (!opening.modified) {
      void reply.status(NOT_MODIFIED);
      return undefined;
    }
    describeContent(reply, opening.file, opening.range);
    return new StreamableFile(opening.stream);
  }

  @Delete('files/*')
  @HttpCode(204)
  delete(@Param({ schema: fileParams }) { key }: FileParams): Promise<void> {
    return this.files.delete(key);
  }

  @Get('presigned-url')
  async presign(@Query({ schema: presignedUrlQuery }) query: PresignedUrlQuery): Promise<unknown> {
    const { key, method, expires_in: seconds, size, content_type: contentType } = query;
    const options = { size, contentType, ...(seconds !== undefined && { expiresIn: seconds * 1000 }) };
    const { url, method: verb, expiresAt } = await this.files.presign(key, method, options);
    return { url, method: verb, expires_at: expiresAt };
  }

  /**
   * A part of a version that the client has no longer is of no use to it: then it gets the whole.
   *
   * @see RFC 9110, section 13.1.5
   */
  private async rangeOf(key: string, headers: ConditionalHeaders): Promise<ByteRange | undefined> {
    const range = parseRange(headers.range);
    const version = headers['if-range'];
    if (!range || version === undefined) return range;
    return isVersion(version, await this.store.head(key)) ? range : undefined;
  }
}

function conditionsOf(headers: ConditionalHeaders): ReadConditions {
  const since = headers['if-modified-since'];
  return {
    ifNoneMatch: headers['if-none-match'],
    ...(since !== undefined && { ifModifiedSince: new Date(since) }),
  };
}

/** `If-Range` wants the very version: a strong entity tag, or the date to the letter. */
function isVersion(version: string, { etag, lastModified }: FileHead): boolean {
  return version === etag || version === lastModified?.toUTCString();
}
