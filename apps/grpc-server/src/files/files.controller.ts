import {
  type AbortUploadsRequest,
  type AbortUploadsResponse,
  type DeleteFileRequest,
  FilesServiceDefinition,
  type FilesServiceImplementation,
  type GetFileRequest,
  type RegisterFileRequest,
  type ReserveFileRequest,
  type ReserveFileResponse,
  type StoredFile,
  type SweepFilesRequest,
  type SweepFilesResponse,
} from '@app/contracts';
import { GrpcService } from '@app/grpc';
import { Controller } from '@nestjs/common';
import { FilesService } from './files.service.js';
import { FilesSweep } from './files.sweep.js';
import { UploadsSweep } from './uploads.sweep.js';

@Controller()
@GrpcService(FilesServiceDefinition)
export class FilesController implements FilesServiceImplementation {
  constructor(
    private readonly files: FilesService,
    private readonly sweeper: FilesSweep,
    private readonly uploads: UploadsSweep,
  ) {}

  register(request: RegisterFileRequest): Promise<StoredFile> {
    return this.files.add(request);
  }

  get({ key }: GetFileRequest): Promise<StoredFile> {
    return this.files.get(key);
  }

  delete({ key }: DeleteFileRequest): Promise<StoredFile> {
    return this.files.remove(key);
  }

  async reserve(request: ReserveFileRequest): Promise<ReserveFileResponse> {
    await this.files.reserve(request);
    return {};
  }

  sweep(request: SweepFilesRequest): Promise<SweepFilesResponse> {
    return this.sweeper.page(request);
  }

  async abortUploads(request: AbortUploadsRequest): Promise<AbortUploadsResponse> {
    return { aborted: await this.uploads.abort(request) };
  }
}
