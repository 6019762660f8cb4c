import { RequestContext } from '@app/context';
import type { FastifyReply } from 'fastify';

/**
 * Runs `work` in the request's context but without its deadline. A transfer takes as long as the client's
 * connection needs, within `http.request_timeout` and `http.min_body_rate`. It ends when the client disconnects.
 */
export function asTransfer<T>(reply: FastifyReply, work: () => Promise<T>): Promise<T> {
  const request = RequestContext.current();
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  const transfer = new RequestContext({
    entry: 'http',
    operation: request?.operation ?? 'files',
    requestId: request?.requestId,
    ...(request && { trace: request.trace }),
    signal: gone.signal,
  });
  transfer.principal = request?.principal;
  return transfer.run(work);
}
