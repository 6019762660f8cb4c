import { PublicInDevelopment } from '@app/auth';
import { Consumes, evaluateConditions, hasConditions, readConditions, requestedRange } from '@app/http';
import { FileStore, type OpenedFile, RangeNotSatisfiableError } from '@app/s3';
import {
  Controller,
  Delete,
  Get,
  Head,
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
import { FileMissingError } from './files.errors.js';
import { type FileParams, fileParams, type PresignedUrlQuery, presignedUrlQuery } from './files.schemas.js';
import { FilesService } from './files.service.js';
import { SingleFileInterceptor } from './single-file.interceptor.js';
import { asTransfer } from './transfer.context.js';
import { UploadSizeInterceptor } from './upload-size.interceptor.js';

const NOT_MODIFIED = 304;

@PublicInDevelopment()
@Controller('api/v1')
export class FilesController {
  constructor(
    private readonly files: FilesService,
    private readonly store: FileStore,
  ) {}

  @Post('upload')
  @Consumes('multipart/form-data')
  @UseInterceptors(UploadSizeInterceptor, SingleFileInterceptor)
  async upload(
    @UploadedFile() file: MultipartFileStream | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
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
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const file = await this.store.head(key);
    const outcome = evaluateConditions('HEAD', readConditions(request.raw), file);
    describeFile(reply, file);
    if (outcome === 'not-modified') void reply.status(NOT_MODIFIED);
    else describeContent(reply, file);
  }

  @Get('files/*')
  async download(
    @Param({ schema: fileParams }) { key }: FileParams,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const opened = await asTransfer(reply, () => this.open(key, request, reply)).catch((error: unknown) => {
      if (error instanceof RangeNotSatisfiableError)
        void reply.header('content-range', `bytes */${error.size}`);
      throw error;
    });
    if (!opened) return undefined;
    describeFile(reply, opened.file);
    describeContent(reply, opened.file, opened.range);
    return new StreamableFile(opened.stream);
  }

  @Delete('files/*')
  @HttpCode(204)
  delete(@Param({ schema: fileParams }) { key }: FileParams, @Req() request: FastifyRequest): Promise<void> {
    return this.files.delete(key, readConditions(request.raw));
  }

  @Get('presigned-url')
  async presign(@Query({ schema: presignedUrlQuery }) query: PresignedUrlQuery): Promise<unknown> {
    const { key, expires_in: seconds, content_type: contentType } = query;
    const expiry = { ...(seconds !== undefined && { expiresIn: seconds * 1000 }) };
    const { url, method, expiresAt } =
      query.method === 'put'
        ? await this.files.presignPut(key, { ...expiry, size: query.size, contentType })
        : await this.store.presign(key, 'get', expiry);
    return { url, method, expires_at: expiresAt };
  }

  /** Undefined when the client has the file already; the reply is then 304. */
  private async open(
    key: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<OpenedFile | undefined> {
    const conditions = readConditions(request.raw);
    if (!hasConditions(conditions) && request.headers.range === undefined) return this.store.open(key);
    const version = await this.store.head(key);
    if (evaluateConditions('GET', conditions, version) === 'perform')
      return this.store.open(key, { version, range: requestedRange(request, version) });
    describeFile(reply, version);
    void reply.status(NOT_MODIFIED);
    return undefined;
  }
}
