import type { Door } from '@app/lifecycle';

/** @publicApi */
export type DoorName = 'http' | 'grpc' | 'amqp';

/** The doors by name; each lib is loaded by the apps that open it, and by no other. */
export async function loadDoors(names: readonly DoorName[]): Promise<Door[]> {
  return Promise.all(names.map((name) => loaders[name]()));
}

const loaders: Record<DoorName, () => Promise<Door>> = {
  http: async () => (await import('@app/http')).httpDoor,
  grpc: async () => (await import('@app/grpc')).grpcDoor,
  amqp: async () => (await import('@app/messaging')).amqpDoor,
};
