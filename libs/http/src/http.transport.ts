import type { Transport } from '@app/lifecycle';
import type { INestApplication } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { BodyBudget } from './body/body-budget.js';
import { registerJsonBody } from './body/json-body.parser.js';
import { ClientErrors } from './client-errors.js';
import { HttpErrorFilter } from './http-error.filter.js';
import { HttpListener } from './http.listener.js';
import { HttpServer } from './http.server.js';
import { registerMultipart } from './multipart.plugin.js';
import { setRefusalAnswer } from './router-refusal.js';
import { HttpValidationPipe } from './validation.pipe.js';

/** Serves the app's HTTP controllers on `http.port`. The app imports `HttpModule`. */
export const httpTransport: Transport = {
  name: 'http',
  attach(app: INestApplication): void {
    const fastify = app.getHttpAdapter().getInstance() as FastifyInstance;
    fastify.removeContentTypeParser('text/plain');
    registerJsonBody(fastify, app.get(BodyBudget));
    registerMultipart(fastify);
    const server = app.get(HttpServer);
    const errors = app.get(HttpErrorFilter);
    server.install(fastify);
    setRefusalAnswer(fastify, (error, request, reply) => {
      server.admit(request, reply, () => errors.answer(error, request, reply));
    });
    app.get(ClientErrors).install(fastify.server);
    // Nest tries the last filter first. This one catches everything, so those of the app, `APP_FILTER` too, precede it.
    app.get(ApplicationConfig, { strict: false }).getGlobalFilters().unshift(errors);
    app.useGlobalPipes(new HttpValidationPipe());
  },
  open: (app) => app.get(HttpListener).listen(app),
};
