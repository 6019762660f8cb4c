import { MAX_PAYLOAD_DEPTH, readJson } from '@app/json';
import { errorCodes, type FastifyInstance } from 'fastify';
import { BodyRefusedError } from './body.errors.js';
import { isExact } from './exact-json.decorator.js';

/** The payload stands in a member of the body. */
const EXACT = { exactTo: MAX_PAYLOAD_DEPTH + 1 };

/**
 * Reads JSON bodies in place of Fastify's own parser, which takes bytes that are not UTF-8 for U+FFFD and refuses
 * `constructor`.
 */
export function registerJsonBody(fastify: FastifyInstance): void {
  fastify.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0) return done(errorCodes.FST_ERR_CTP_EMPTY_JSON_BODY());
    const reading = readJson(body, isExact(request) ? EXACT : {});
    if (reading.fault) done(BodyRefusedError.of(reading.fault));
    else done(null, reading.value);
  });
}
