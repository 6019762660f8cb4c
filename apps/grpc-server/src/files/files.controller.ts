import {
  type AbortUploadsResponse,
  type DeleteFileRequest,
  FilesServiceDefinition,
  type FilesServiceImplementation,
  type GetFileRequest,
  type RegisterFileRequest,
  type ReserveFileResponse,
  type StoredFile,
  type SweepFilesResponse,
  type ValidAbortUploadsRequest,
  type ValidReserveFileRequest,
  type ValidSweepFilesRequest,
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

  async reserve(request: ValidReserveFileRequest): Promise<ReserveFileResponse> {
    await this.files.reserve(request);
    return {};
  }

  sweep(request: ValidSweepFilesRequest): Promise<SweepFilesResponse> {
    return this.sweeper.page(request);
  }

  async abortUploads(request: ValidAbortUploadsRequest): Promise<AbortUploadsResponse> {
    return { aborted: await this.uploads.abort(request) };
  }
}
