import { type ChannelModel, connect } from 'amqplib';
import type { RabbitMqConfig } from '../rabbitmq.config.js';
import { guardHeaders } from '../unreadable-headers.js';
import { untilClosed } from './until-closed.js';

/** An amqplib connection that can be ended even if the broker does not reply. */
export interface OpenConnection {
  readonly model: ChannelModel;
  /** Resolves when the connection ends: with the error, or with undefined if this app closed it. */
  readonly closed: Promise<Error | undefined>;
  readonly isClosed: boolean;
  /** Closes the connection. Destroys the socket if the broker does not reply. Resolves once it is closed. */
  end(): Promise<void>;
}

/** How long to wait for the broker to confirm that a connection is closed, in milliseconds. */
const CLOSE_WITHIN_MS = 2_000;

/**
 * Connects once. The whole attempt, including the handshake, takes at most `rabbitmq.connect_timeout`.
 *
 * @param purpose appears in the broker's list of connections: `gateway publishing`
 * @throws when the broker cannot be reached, does not reply in time or rejects the credentials
 */
export async function openConnection(
  config: RabbitMqConfig,
  purpose: string,
  signal: AbortSignal,
): Promise<OpenConnection> {
  signal.throwIfAborted();
  // Node.js destroys the socket when this is aborted. amqplib has no call that ends a connection without a reply.
  const cut = new AbortController();
  const abort = (): void => cut.abort();
  const timer = setTimeout(abort, config.connectTimeout);
  signal.addEventListener('abort', abort, { once: true });
  try {
    // amqplib passes these to `net.connect` and `tls.connect`, which support `signal`; its types omit it.
    const socket = { noDelay: true, timeout: config.connectTimeout, signal: cut.signal };
    const model = await connect(addressOf(config), {
      ...socket,
      clientProperties: { connection_name: purpose },
    });
    return supervised(model, cut);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

function supervised(model: ChannelModel, cut: AbortController): OpenConnection {
  const closed = Promise.withResolvers<Error | undefined>();
  let isClosed = false;
  model.once('close', (error?: Error) => {
    isClosed = true;
    closed.resolve(error);
  });
  // Every wait for a reply adds a listener for the end of the connection.
  model.setMaxListeners(0);
  // Without a listener the error would end the process. The `close` event that follows has the same error.
  model.on('error', () => undefined);
  guardHeaders(model);
  const end = async (): Promise<void> => {
    const closing = untilClosed(model.close(), {
      owner: model,
      operation: 'close the connection',
      within: CLOSE_WITHIN_MS,
    });
    await closing.catch(() => undefined);
    cut.abort();
    await closed.promise;
  };
  return {
    model,
    closed: closed.promise,
    get isClosed() {
      return isClosed;
    },
    end,
  };
}

function addressOf({ url, heartbeat }: RabbitMqConfig): string {
  const address = new URL(url.href);
  address.searchParams.set('heartbeat', String(Math.max(1, Math.round(heartbeat / 1000))));
  return address.href;
}
