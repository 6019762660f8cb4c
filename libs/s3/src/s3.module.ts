import { ConfigHandle, ConfigModule } from '@app/config';
import { ResilienceModule } from '@app/resilience';
import { S3Client } from '@aws-sdk/client-s3';
import { Module } from '@nestjs/common';
import { DownloadStarts } from './download-starts.js';
import { Downloads } from './downloads.js';
import { FileStore } from './file-store.js';
import { CONTENT_CLIENT, CONTROL_CONNECTIONS, createS3Client } from './s3.client.js';
import { type S3Config, s3Config } from './s3.config.js';
import { S3FileStore } from './s3.file-store.js';
import { S3Health } from './s3.health.js';
import { S3Metrics } from './s3.metrics.js';
import { S3Presigner } from './s3.presigner.js';
import { S3Requests } from './s3.requests.js';
import { S3UnfinishedUploads } from './s3.unfinished-uploads.js';
import { S3Uploader } from './s3.uploader.js';
import { UnfinishedUploads } from './unfinished-uploads.js';

@Module({
  imports: [ConfigModule.forFeature(s3Config), ResilienceModule],
  providers: [
    S3Metrics,
    S3Health,
    S3Requests,
    S3Presigner,
    S3Uploader,
    Downloads,
    DownloadStarts,
    { provide: FileStore, useClass: S3FileStore },
    { provide: UnfinishedUploads, useClass: S3UnfinishedUploads },
    {
      provide: S3Client,
      inject: [s3Config.token, S3Metrics],
      useFactory: ({ current }: ConfigHandle<S3Config>, metrics: S3Metrics) =>
        metrics.observe(createS3Client(current, CONTROL_CONNECTIONS)),
    },
    {
      provide: CONTENT_CLIENT,
      inject: [s3Config.token, S3Metrics],
      // `max_downloads` and `buffer_memory` limit the number of bodies; none of them waits for a connection here as
      // well.
      useFactory: ({ current }: ConfigHandle<S3Config>, metrics: S3Metrics) =>
        metrics.observe(createS3Client(current, Infinity)),
    },
  ],
  exports: [FileStore, UnfinishedUploads],
})
export class S3Module {}
