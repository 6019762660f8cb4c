import { accepts } from '@app/http';
import type { FastifyRequest } from 'fastify';

/** How a reply carries the messages of a stream. */
export interface StreamFormat {
  readonly contentType: string;
  message(json: string): string;
  error(json: string): string;
}

/** A line break in JSON stands between its values, since texts have it escaped. */
const LINE_BREAKS = /[\r\n]+/g;

function onOneLine(json: string): string {
  return json.replace(LINE_BREAKS, ' ');
}

/** One JSON value a line. */
const NDJSON: StreamFormat = {
  contentType: 'application/x-ndjson; charset=utf-8',
  message: (json) => `${onOneLine(json)}\n`,
  error: (json) => `{"error":${json}}\n`,
};

/** @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
const EVENTS: StreamFormat = {
  contentType: 'text/event-stream; charset=utf-8',
  message: (json) => `data: ${onOneLine(json)}\n\n`,
  error: (json) => `event: error\ndata: ${json}\n\n`,
};

/** Server-sent events for a client that accepts them, else NDJSON. */
export function formatFor({ headers }: FastifyRequest): StreamFormat {
  return accepts(headers.accept, 'text/event-stream') ? EVENTS : NDJSON;
}
