/** The request that one connection repeats. */
export interface PlannedRequest {
  method: 'GET' | 'POST';
  path: string;
  /** The JSON of a POST. */
  body?: string;
  /** The reply, for the rule `exact`. */
  reply?: string;
}

/**
 * The requests of one session and the replies that count, as plain data, since it is sent to the generator's process.
 * Each connection repeats its own request, so that connections do not affect each other's replies.
 */
export interface RequestPlan {
  host: string;
  port: number;
  /** One per connection; their number is the number of connections. */
  requests: readonly PlannedRequest[];
  expects: ReplyRule;
}

/**
 * The correct reply: `echo` is the sent body; `exact` is the planned reply; `counter` is the counter that the body
 * names, one above the last reply of this connection.
 */
export type ReplyRule = 'echo' | 'exact' | 'counter';

/** Whether a body is correct, considering the earlier replies of this connection. */
export type ReplyCheck = (body: string) => boolean;

export function checkOf(rule: ReplyRule, { body: sent = '', reply }: PlannedRequest): ReplyCheck {
  if (rule === 'counter') return counting(sent);
  const expected = rule === 'echo' ? sent : reply;
  return (body) => body === expected;
}

/** Expects the request's fields followed by the value. No other connection increments this counter. */
function counting(sent: string): ReplyCheck {
  const start = `${sent.slice(0, -1)},"current_value":`;
  let last: number | undefined;
  return (body) => {
    if (!body.startsWith(start) || !body.endsWith('}')) return false;
    const value = Number(body.slice(start.length, -1));
    const right = Number.isSafeInteger(value) && (last === undefined || value === last + 1);
    last = value;
    return right;
  };
}
