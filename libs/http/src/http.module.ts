import { ConfigHandle, ConfigModule } from '@app/config';
import { Module } from '@nestjs/common';
import { BodyBudget } from './body/body-budget.js';
import { BodyWatch } from './body/body-watch.js';
import { ClientErrors } from './client-errors.js';
import { HttpErrorFilter } from './http-error.filter.js';
import { type HttpConfig, httpConfig } from './http.config.js';
import { HttpListener } from './http.listener.js';
import { HttpMetrics } from './http.metrics.js';
import { HttpServer } from './http.server.js';

/** The HTTP server of an app: context, metrics, access log, validation and errors around its controllers. */
@Module({
  imports: [ConfigModule.forFeature(httpConfig)],
  providers: [
    HttpServer,
    HttpMetrics,
    HttpErrorFilter,
    HttpListener,
    ClientErrors,
    BodyWatch,
    {
      provide: BodyBudget,
      inject: [httpConfig.token],
      useFactory: ({ current }: ConfigHandle<HttpConfig>) => new BodyBudget(current.bodyBudget),
    },
  ],
  exports: [HttpServer, HttpErrorFilter, HttpListener, ClientErrors, BodyBudget],
})
export class HttpModule {}
