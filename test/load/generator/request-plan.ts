/**
 * What one session sends and which replies count, as plain data: it crosses to the process of the generator.
 * Each connection repeats one body of its own, so that no two of them disturb each other's replies.
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
 * What a right reply is: `echo`, the body that was sent; `counter`, the counter that was named, one above the last
 * reply of this connection.
 */
export type ReplyRule = 'echo' | 'counter';

/** Whether a body is right; knows what this connection has been told before. */
export type ReplyCheck = (body: string) => boolean;

export function checkOf(rule: ReplyRule, sent: string): ReplyCheck {
  return rule === 'echo' ? (body) => body === sent : counting(sent);
}

/** A body is the request's own fields with the value behind them; nobody else increments this counter. */
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
