import { EventEmitter } from 'node:events';
import { isIP } from 'node:net';
import pg from 'pg';

/** The session whose running statement is cancelled: the address of its server, and its key there. */
export interface CancelTarget {
  readonly host: string;
  readonly port: number;
  readonly ssl: boolean | object;
  readonly processId: number;
  readonly secretKey: number;
}

/** The part of `pg`'s protocol connection that a cancel request needs; its types do not declare it. */
interface ProtocolConnection extends EventEmitter {
  readonly stream: { destroy(): void };
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
}

/**
 * Requests that the server cancel the running statement of a session.
 *
 * @returns true when the server has closed the connection of the request. By then it has signalled the session, so
 * that the request cannot cancel a later statement. False when the request could not be sent, or may still be on
 * its way.
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
export async function sendCancelRequest(target: CancelTarget, giveUp: AbortSignal): Promise<boolean> {
  const { host, port, ssl, processId, secretKey } = target;
  const Connection = pg.Connection as unknown as new (options: object) => ProtocolConnection;
  const connection = new Connection({ ssl });
  let sent = false;
  let broken = false;
  const abandon = () => {
    broken = true;
    connection.stream.destroy();
  };
  const send = () => {
    sent = true;
    connection.cancel(processId, secretKey);
  };
  const closed = new Promise<void>((resolve) => connection.once('end', resolve));
  connection.on('error', abandon);
  connection.once('connect', () => (ssl ? connection.requestSsl() : send()));
  connection.once('sslconnect', send);
  giveUp.addEventListener('abort', abandon, { once: true });
  if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
  else connection.connect(port, host);
  await closed;
  giveUp.removeEventListener('abort', abandon);
  return sent && !broken;
}

/**
 * The address of the server that the session has reached. One name may stand for several servers, and only this one
 * has the session. Its certificate is still checked against the name.
 */
export function addressOf(
  reached: string | undefined,
  { host, port, ssl }: Pick<CancelTarget, 'host' | 'port' | 'ssl'>,
): Pick<CancelTarget, 'host' | 'port' | 'ssl'> {
  if (reached === undefined || isIP(host) !== 0) return { host, port, ssl };
  const options = typeof ssl === 'object' ? ssl : {};
  return { host: reached, port, ssl: ssl && { ...options, servername: host } };
}
