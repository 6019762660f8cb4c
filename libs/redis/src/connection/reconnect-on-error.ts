/** Replies of a server that is no longer a primary. Its address, or a sentinel, may now point to another server. */
const WRONG_SERVER = /^(ERR Error running script .*-)?(READONLY|MASTERDOWN) /s;

/** Minimum interval: a reconnect at every rejected write would abort running reads while the server is the same. */
const MIN_RECONNECT_INTERVAL_MS = 500;

/** Creates the check of one client: whether a reply is a reason to reconnect. */
export function reconnectOnError(): (error: Error) => boolean {
  let last = -Infinity;
  return ({ message }) => {
    if (!WRONG_SERVER.test(message) || performance.now() - last < MIN_RECONNECT_INTERVAL_MS) return false;
    last = performance.now();
    return true;
  };
}
