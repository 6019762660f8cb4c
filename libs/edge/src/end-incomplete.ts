import { HttpServer } from '@app/http';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Lets the connection close after the last bytes of a reply, without the chunk that ends a complete one. So a client
 * does not take a stream that has failed for a complete one.
 */
export function endIncomplete(request: FastifyRequest, { raw }: FastifyReply): void {
  HttpServer.exchangeOf(request)?.closeConnection();
  const end = raw.end.bind(raw);
  Object.assign(raw, {
    end: () => {
      // A reply that still waits for earlier ones has no socket. It can only end as usual.
      if (!raw.socket) return end();
      raw.socket.destroySoon();
      return raw;
    },
  });
}
