import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Reply } from './operations/operation.ts';
import { operationOf } from './operations/operation-of.ts';
import { RequestBody } from './protocol/request-body.ts';
import { S3Error } from './protocol/s3.error.ts';
import { S3Request } from './protocol/s3-request.ts';
import { type Account, verifySignature } from './protocol/verify-signature.ts';
import { Store } from './store/store.ts';

async function send(message: IncomingMessage, response: ServerResponse, reply: Reply): Promise<void> {
  const { status, headers, body = '' } = reply;
  if (typeof body !== 'string') {
    response.writeHead(status, headers);
    await pipeline(body, response);
    return;
  }
  if (body !== '') response.setHeader('content-type', 'application/xml');
  if (message.method !== 'HEAD' && status !== 204 && status !== 304)
    response.setHeader('content-length', Buffer.byteLength(body));
  response.writeHead(status, headers);
  response.end(message.method === 'HEAD' ? undefined : body);
}

function errorReply(message: IncomingMessage, thrown: unknown, requestId: string, isGone: boolean): Reply {
  const error = thrown instanceof S3Error ? thrown : new S3Error('InternalError', String(thrown));
  if (error !== thrown && !isGone)
    process.stderr.write(`${message.method} ${message.url}: ${String((thrown as Error).stack ?? thrown)}\n`);
  return { status: error.status, body: error.toXml(message.url?.split('?')[0] ?? '', requestId) };
}

/**
 * An S3 server for development and tests: path style, one account, no versions, no access rules.
 *
 * @param folder holds the data; only one server may use it at a time
 */
export async function createS3Server(folder: string, account: Account): Promise<Server> {
  const store = await Store.open(folder);

  const answer = async (message: IncomingMessage): Promise<Reply> => {
    const request = new S3Request(message);
    const signatures = verifySignature(request, account);
    return operationOf(request)({ request, store, body: new RequestBody(request, signatures) });
  };

  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = randomUUID();
    response.setHeader('x-amz-request-id', requestId);
    const reply = await answer(message).catch((error: unknown) =>
      // A client that closes its connection is not a fault of the server.
      errorReply(message, error, requestId, response.destroyed),
    );
    await send(message, response, reply);
    // Reads the rest of this body, so that the next request can follow.
    message.resume();
  };

  return createServer({ requestTimeout: 0, keepAliveTimeout: 30_000 }, (message, response) => {
    // The client has disconnected, or the reply cannot be completed.
    serve(message, response).catch(() => response.destroy());
  });
}
