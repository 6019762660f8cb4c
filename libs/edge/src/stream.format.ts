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
export function formatFor({ headers: { accept } }: FastifyRequest): StreamFormat {
  return accept?.split(',').some(isEvents) ? EVENTS : NDJSON;
}

const REFUSED = /^q=0(\.0*)?$/;

/** Whether a range of `Accept` is server-sent events. With the weight 0 it refuses them. */
function isEvents(range: string): boolean {
  const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  return type === 'text/event-stream' && !parameters.some((parameter) => REFUSED.test(parameter));
}
