import { AsyncResource } from 'node:async_hooks';
import { MAX_PAYLOAD_DEPTH, readJson } from '@app/json';
import { FairTurns } from '@app/lifecycle';
import { errorCodes, type FastifyInstance, type FastifyRequest } from 'fastify';
import { BodyCollector, LARGE_BODY } from './body.collector.js';
import { BodyRefusedError } from './body.errors.js';
import type { BodyBudget } from './body-budget.js';
import { isExact } from './exact-json.decorator.js';

/** How many readers of large bodies go on in one turn of the event loop; each takes a chunk of at most 64 KiB. */
const READERS = 16;
/** How many large bodies are parsed or validated in one turn: each may take 30 ms for 1 MiB. */
const PARSERS = 1;
/** The payload stands in a member of the body. */
const EXACT = { exactTo: MAX_PAYLOAD_DEPTH + 1 };

/**
 * Reads JSON bodies in place of Fastify's own parser, which takes bytes that are not UTF-8 for U+FFFD, refuses
 * `constructor`, and keeps each chunk of a body in a buffer of its own.
 */
export function registerJsonBody(fastify: FastifyInstance, budget: BodyBudget): void {
  const reading = new FairTurns(READERS);
  const parsing = new FairTurns(PARSERS);
  fastify.addContentTypeParser('application/json', (request, payload, done) => {
    const length = request.headers['content-length'];
    const options = {
      budget,
      reading,
      parsing,
      limit: request.routeOptions.bodyLimit ?? fastify.initialConfig.bodyLimit ?? Infinity,
      length: length === undefined ? undefined : Number(length),
    };
    BodyCollector.collect(payload, options, (error, body) => {
      if (error) done(error);
      else parse(request, body ?? Buffer.alloc(0), parsing, done);
    });
  });
}

type Done = (error: Error | null, body?: unknown) => void;

function parse(request: FastifyRequest, body: Buffer, parsing: FairTurns, done: Done): void {
  if (body.length === 0) return done(errorCodes.FST_ERR_CTP_EMPTY_JSON_BODY());
  const reading = readJson(body, isExact(request) ? EXACT : {});
  if (reading.fault) done(BodyRefusedError.of(reading.fault));
  else if (body.length < LARGE_BODY) done(null, reading.value);
  // Its validation comes before another body is parsed: what was parsed takes several times the memory.
  else parsing.askFirst(AsyncResource.bind(() => done(null, reading.value)));
}
