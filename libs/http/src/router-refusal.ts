import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const ANSWER = Symbol('answer to what the router refuses');

export type RefusalAnswer = (error: Error, request: FastifyRequest, reply: FastifyReply) => void;

/**
 * What the router itself refuses (an address that cannot be decoded, an over-long parameter) passes no hook and
 * no filter. Fastify wants the answer when it is created, before anything else exists: it is handed in later.
 */
export function answerRouterRefusal(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const answer = Reflect.get(request.server, ANSWER) as RefusalAnswer;
  answer(error, request, reply);
}

export function setRefusalAnswer(fastify: FastifyInstance, answer: RefusalAnswer): void {
  Reflect.set(fastify, ANSWER, answer);
}
