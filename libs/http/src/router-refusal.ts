import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const ANSWER = Symbol('answer to what the router refuses');

export type RefusalAnswer = (error: Error, request: FastifyRequest, reply: FastifyReply) => void;

/**
 * Answers requests that the router itself refuses (an address that cannot be decoded, a parameter that is too long).
 * They pass no hook and no filter. Fastify requires this handler at its creation, before the rest of the app exists, so
 * the answer is set later.
 */
export function answerRouterRefusal(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const answer = Reflect.get(request.server, ANSWER) as RefusalAnswer;
  answer(error, request, reply);
}

export function setRefusalAnswer(fastify: FastifyInstance, answer: RefusalAnswer): void {
  Reflect.set(fastify, ANSWER, answer);
}
