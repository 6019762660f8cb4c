import type { Transport } from '@app/lifecycle';

/** @publicApi */
export type TransportName = 'http' | 'grpc' | 'amqp';

/** Loads transports by name; only the apps that open a transport load its lib. */
export async function loadTransports(names: readonly TransportName[]): Promise<Transport[]> {
  return Promise.all(names.map((name) => loaders[name]()));
}

const loaders: Record<TransportName, () => Promise<Transport>> = {
  http: async () => (await import('@app/http')).httpTransport,
  grpc: async () => (await import('@app/grpc')).grpcTransport,
  amqp: async () => (await import('@app/messaging')).amqpTransport,
};
