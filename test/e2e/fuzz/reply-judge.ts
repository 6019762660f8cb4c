import { INSIDES } from '../expect-error.js';
import type { HttpReply } from '../../support/network/http-client.js';

/** Documented failures of a server that is too busy, by status. */
const DOCUMENTED: Readonly<Record<number, ReadonlySet<unknown>>> = {
  503: new Set([
    'QUEUE_TIMEOUT',
    'OVERLOADED',
    'CIRCUIT_OPEN',
    'UPSTREAM_UNAVAILABLE',
    'OUTCOME_UNKNOWN',
    'PUBLISH_UNCONFIRMED',
    'SHUTTING_DOWN',
  ]),
  504: new Set(['DEADLINE_EXCEEDED']),
};

/** What is wrong with a reply, whatever its request was; undefined when nothing is. */
export function faultOf(method: string, reply: HttpReply): string | undefined {
  const { status, text, headers } = reply;
  if (INSIDES.test(text)) return 'shows internals';
  if (status < 200 || status > 599) return `has the status ${status}`;
  if (status === 204 || status === 304 || method === 'HEAD') return text === '' ? undefined : 'has a body';
  const type = headers['content-type'] ?? '';
  if (status < 400) return successFault(type, text);
  if (type.startsWith('application/problem+json')) return problemFault(status, text);
  if (type !== 'application/json; charset=utf-8') return `has the type "${type}"`;
  return errorFault(status, text);
}

function successFault(type: string, text: string): string | undefined {
  if (type.startsWith('text/event-stream')) return undefined;
  const texts = type.startsWith('application/x-ndjson') ? text.split('\n').filter(Boolean) : [text];
  return texts.every((each) => parse(each) !== undefined) ? undefined : 'is no JSON';
}

function problemFault(status: number, text: string): string | undefined {
  const { status: code, reason, title, trace_id: traceId } = parse(text) ?? {};
  if (code !== status || !isText(title) || !isText(traceId)) return 'is no problem of RFC 9457';
  return undocumented(status, reason);
}

function errorFault(status: number, text: string): string | undefined {
  const { code, reason, message, trace_id: traceId, details, ...more } = parse(text) ?? {};
  if (code !== status) return `has the code ${String(code)}`;
  if (!isText(reason) || !/^[A-Z][A-Z0-9_]+$/.test(reason)) return 'has no reason';
  if (!isText(message) || message.length > 500) return 'has no short message';
  if (!isText(traceId) || typeof details !== 'object') return 'has no trace_id or no details';
  if (Object.keys(more).length > 0) return `also has ${Object.keys(more).join()}`;
  return issuesFault(details) ?? undocumented(status, reason);
}

function issuesFault(details: object | null): string | undefined {
  const { issues = [] } = (details ?? {}) as { issues?: unknown[] };
  return issues.length > 20 ? `has ${issues.length} issues` : undefined;
}

function undocumented(status: number, reason: unknown): string | undefined {
  return status < 500 || DOCUMENTED[status]?.has(reason) ? undefined : `is ${status} ${String(reason)}`;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : { value };
  } catch {
    return undefined;
  }
}
