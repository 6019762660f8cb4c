import { PostgresModule } from '@app/postgres';
import { S3Module } from '@app/s3';
import { Module } from '@nestjs/common';
import { FileRegisterStore } from './file-register.store.js';
import { FilesController } from './files.controller.js';
import { FilesService } from './files.service.js';
import { Files1763640100000 } from './migrations/1763640100000-files.migration.js';

@Module({
  imports: [PostgresModule.forFeature({ migrations: [Files1763640100000] }), S3Module],
  controllers: [FilesController],
  providers: [FilesService, FileRegisterStore],
})
export class FilesModule {}
