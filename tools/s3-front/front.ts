import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import S3rver from 's3rver';
import accounts from 's3rver/lib/models/account.js';
import { AtomicStore } from './atomic.store.ts';
import { operationOf } from './operation-of.ts';
import { S3Fault } from './s3-fault.ts';
import { parseRequest } from './s3-request.ts';
import { type Account, verifySignature } from './verify-signature.ts';

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** Refuses before the body was read: the connection cannot be used again. */
function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const fault = error instanceof S3Fault ? error : new S3Fault('InternalError', String(error));
  if (fault.status >= 500) process.stderr.write(`${request.method} ${request.url}: ${String(error)}\n`);
  response.setHeader('connection', 'close');
  send(response, fault.status, request.method === 'HEAD' ? '' : fault.toXML());
  request.resume();
}

/** `aws-chunked` is about the transfer; what is stored has it no more. */
function hideTransferEncoding(request: IncomingMessage): void {
  const encodings = (request.headers['content-encoding'] ?? '').split(',').map((each) => each.trim());
  const kept = encodings.filter((each) => each !== '' && each !== 'aws-chunked');
  if (kept.length > 0) request.headers['content-encoding'] = kept.join(',');
  else delete request.headers['content-encoding'];
}

/**
 * An S3 server for development: s3rver on a careful store, with signatures checked, bodies verified, and the
 * operations that s3rver lacks or gets wrong. Path style only.
 */
export function createFront(folder: string, account: Account): Server {
  accounts.DUMMY_ACCOUNT.createKeyPair(account.accessKey, account.secretKey);
  const store = new AtomicStore(folder);
  const s3rver = new S3rver({ directory: folder, silent: true, vhostBuckets: false });
  s3rver.store = s3rver.context.store = store;
  s3rver.on('error', (error) => {
    if ((error.status ?? 500) >= 500) process.stderr.write(`${error.stack ?? String(error)}\n`);
  });
  const handle = s3rver.callback();

  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = parseRequest(message);
    verifySignature(request, account);
    const operation = operationOf(request);
    if (operation) {
      const reply = await operation(request, store);
      send(response, reply.status, reply.body);
      return;
    }
    hideTransferEncoding(message);
    await handle(message, response);
  };

  return createServer({ requestTimeout: 0, keepAliveTimeout: 30_000 }, (message, response) => {
    answer(message, response).catch((error: unknown) => refuse(message, response, error));
  });
}
