import {
  type DeleteFileRequest,
  FilesServiceDefinition,
  type FilesServiceImplementation,
  type GetFileRequest,
  type RegisterFileRequest,
  type StoredFile,
} from '@app/contracts';
import { GrpcService } from '@app/grpc';
import { Controller } from '@nestjs/common';
import { FilesService } from './files.service.js';

@Controller()
@GrpcService(FilesServiceDefinition)
export class FilesController implements FilesServiceImplementation {
  constructor(private readonly files: FilesService) {}

  register(request: RegisterFileRequest): Promise<StoredFile> {
    return this.files.add(request);
  }

  get({ key }: GetFileRequest): Promise<StoredFile> {
    return this.files.get(key);
  }

  delete({ key }: DeleteFileRequest): Promise<StoredFile> {
    return this.files.remove(key);
  }
}
