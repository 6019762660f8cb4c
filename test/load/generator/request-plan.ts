/**
 * The requests of one session and the replies that count, as plain data, since it is sent to the generator's process.
 * Each connection repeats its own body, so that connections do not affect each other's replies.
 */
export interface RequestPlan {
  host: string;
  port: number;
  path: string;
  /** One per connection; their number is the number of connections. */
  bodies: readonly string[];
  expects: ReplyRule;
}

/**
 * The correct reply: `echo` is the sent body; `counter` is the named counter, one above the last reply of this
 * connection.
 */
export type ReplyRule = 'echo' | 'counter';

/** Whether a body is correct, considering the earlier replies of this connection. */
export type ReplyCheck = (body: string) => boolean;

export function checkOf(rule: ReplyRule, sent: string): ReplyCheck {
  return rule === 'echo' ? (body) => body === sent : counting(sent);
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
