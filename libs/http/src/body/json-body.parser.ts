import { MAX_PAYLOAD_DEPTH, readJson } from '@app/json';
import { FairTurns, PacedTurns } from '@app/lifecycle';
import { errorCodes, type FastifyInstance, type FastifyRequest } from 'fastify';
import { BodyCollector } from './body.collector.js';
import { BodyRefusedError } from './body.errors.js';
import type { BodyBudget } from './body-budget.js';
import { isExact } from './exact-json.decorator.js';
import { routeOf } from '../route-config.js';

/** How many readers of large bodies continue in one turn of the event loop; each reads a chunk of at most 64 KiB. */
const READERS = 16;
/** The payload is a member of the body, one level below its root. */
const EXACT = { exactTo: MAX_PAYLOAD_DEPTH + 1 };

/**
 * Reads JSON bodies instead of Fastify's own parser. That one replaces bytes that are not UTF-8 with U+FFFD,
 * refuses `constructor`, and keeps each chunk of a body in a separate buffer.
 */
export function registerJsonBody(fastify: FastifyInstance, budget: BodyBudget): void {
  const reading = new FairTurns(READERS);
  // Each body may take 40 ms to parse, and as much to validate.
  const parsing = new PacedTurns();
  fastify.addContentTypeParser('application/json', (request, payload, done) => {
    const length = request.headers['content-length'];
    const options = {
      budget,
      reading,
      parsing,
      limit: routeOf(request).bodyLimit ?? fastify.initialConfig.bodyLimit ?? Infinity,
      length: length === undefined ? undefined : Number(length),
    };
    BodyCollector.collect(payload, options, (error, body) => {
      if (error) done(error);
      else parse(request, body ?? Buffer.alloc(0), done);
    });
  });
}

type Done = (error: Error | null, body?: unknown) => void;

function parse(request: FastifyRequest, body: Buffer, done: Done): void {
  if (body.length === 0) return done(errorCodes.FST_ERR_CTP_EMPTY_JSON_BODY());
  const reading = readJson(body, isExact(request) ? EXACT : {});
  if (reading.fault) done(BodyRefusedError.of(reading.fault));
  // The validation follows at once: a scavenge in between would move the parsed objects to the old generation,
  // which is collected late.
  else done(null, reading.value);
}
