/** Replies of a server that is no primary any more: its address, or a sentinel, may name another one by now. */
const WRONG_SERVER = /^(ERR Error running script .*-)?(READONLY|MASTERDOWN) /s;

/** While it is still the same server, a new connection at every refused write would break the reads that are under way. */
const AGAIN_AFTER_MS = 500;

/** For one client: whether a reply is a reason to connect anew. */
export function reconnectOnError(): (error: Error) => boolean {
  let last = -Infinity;
  return ({ message }) => {
    if (!WRONG_SERVER.test(message) || performance.now() - last < AGAIN_AFTER_MS) return false;
    last = performance.now();
    return true;
  };
}
