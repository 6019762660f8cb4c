import type { HttpRoute } from '@app/contracts';
import { toAppError } from '@app/errors';
import type { NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Gate } from './gate.js';
import type { HandlerTarget } from './handler.target.js';
import type { MountedMethod } from './mounted.service.js';
import type { RawVariables } from './raw.variables.js';
import type { RequestReader } from './request.reader.js';

/** What the handler of a route needs; made once, at the start. */
export interface RouteParts {
  readonly method: MountedMethod;
  readonly route: HttpRoute;
  readonly gate: Gate;
  readonly reader: RequestReader;
  /** Undefined when the router's parameters suffice. */
  readonly variables: RawVariables | undefined;
  /** What the app puts before the path of the template. */
  readonly base: string;
  readonly target: HandlerTarget;
  /** The global ones, then those of the slice. */
  readonly interceptors: NestInterceptor[];
}

/** Passes an error to Fastify, and so to the exception filters. Fastify would send a thrown text as the reply. */
export function fail(reply: FastifyReply, thrown: unknown): void {
  void reply.send(thrown instanceof Error ? thrown : toAppError(thrown));
}
