import { ConfigModule } from '@app/config';
import { Module } from '@nestjs/common';
import { ClientErrors } from './client-errors.js';
import { HttpErrorFilter } from './http-error.filter.js';
import { httpConfig } from './http.config.js';
import { HttpListener } from './http.listener.js';
import { HttpMetrics } from './http.metrics.js';
import { HttpServer } from './http.server.js';

/** The HTTP server of an app: context, metrics, access log, validation and errors around its controllers. */
@Module({
  imports: [ConfigModule.forFeature(httpConfig)],
  providers: [HttpServer, HttpMetrics, HttpErrorFilter, HttpListener, ClientErrors],
  exports: [HttpServer, HttpErrorFilter, HttpListener, ClientErrors],
})
export class HttpModule {}
