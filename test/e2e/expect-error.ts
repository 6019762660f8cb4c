import { expect } from '@jest/globals';
import type { HttpReply } from '../support/network/http-client.js';

/** Internals that no client may read: stacks, our paths, SQL, hosts. */
export const INSIDES =
  /(?:\n|\\n)\s+at |node_modules|\.(ts|js):\d+|\bSELECT\b|\bINSERT\b|ECONNREFUSED|127\.0\.0\.1/;

/** Expects exactly the error format of the contract. */
export function expectError(reply: HttpReply, status: number, reason: string): void {
  const shown = { status: reply.status, reason: reasonOf(reply) };
  expect(shown).toEqual({ status, reason });
  expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
  expectBody(reply.text, status, reason);
}

/** Checks only the body. */
export function expectBody(text: string, status: number, reason: string): void {
  const message = expect.stringMatching(/^.{10,300}\.$/s);
  const traceId = expect.stringMatching(/^[0-9a-f]{32}$/);
  const details = expect.objectContaining({});
  expect(JSON.parse(text)).toEqual({ code: status, reason, message, trace_id: traceId, details });
  expect(text).not.toMatch(INSIDES);
}

function reasonOf(reply: HttpReply): unknown {
  try {
    return reply.json()['reason'];
  } catch {
    return reply.text;
  }
}
