import { PostgresModule } from '@app/postgres';
import { Module } from '@nestjs/common';
import { FileUsageController } from './file-usage.controller.js';
import { FileUsageStore } from './file-usage.store.js';
import { FilesConsumer } from './files.consumer.js';
import { FileUsage1763750000000 } from './migrations/1763750000000-file-usage.migration.js';

@Module({
  imports: [PostgresModule.forFeature({ migrations: [FileUsage1763750000000] })],
  controllers: [FilesConsumer, FileUsageController],
  providers: [FileUsageStore],
})
export class FilesModule {}
