import {
  type FileUsage,
  FileUsageServiceDefinition,
  type FileUsageServiceImplementation,
  type GetFileUsageRequest,
} from '@app/contracts';
import { GrpcService } from '@app/grpc';
import { Controller } from '@nestjs/common';
import { FileUsageStore } from './file-usage.store.js';

@Controller()
@GrpcService(FileUsageServiceDefinition)
export class FileUsageController implements FileUsageServiceImplementation {
  constructor(private readonly usage: FileUsageStore) {}

  async get({ owner }: GetFileUsageRequest): Promise<FileUsage> {
    const contentTypes = await this.usage.find(owner);
    return {
      files: contentTypes.reduce((sum, { files }) => sum + files, 0),
      bytes: contentTypes.reduce((sum, { bytes }) => sum + bytes, 0),
      contentTypes,
    };
  }
}
