import { OutboxModule } from '@app/messaging';
import { PostgresModule } from '@app/postgres';
import { S3Module } from '@app/s3';
import { Module } from '@nestjs/common';
import { FileRegisterStore } from './file-register.store.js';
import { FileRemoval } from './file.removal.js';
import { FileReservationStore } from './file-reservation.store.js';
import { FilesController } from './files.controller.js';
import { FilesMetrics } from './files.metrics.js';
import { FilesService } from './files.service.js';
import { FilesSweep } from './files.sweep.js';
import { Files1763640100000 } from './migrations/1763640100000-files.migration.js';
import { FileStates1763740000000 } from './migrations/1763740000000-file-states.migration.js';
import { FileKeyOrder1763740000001 } from './migrations/1763740000001-file-key-order.migration.js';
import { UploadsSweep } from './uploads.sweep.js';

@Module({
  imports: [
    PostgresModule.forFeature({
      migrations: [Files1763640100000, FileStates1763740000000, FileKeyOrder1763740000001],
    }),
    OutboxModule,
    S3Module,
  ],
  controllers: [FilesController],
  providers: [
    FilesService,
    FileRegisterStore,
    FileReservationStore,
    FileRemoval,
    FilesSweep,
    UploadsSweep,
    FilesMetrics,
  ],
})
export class FilesModule {}
