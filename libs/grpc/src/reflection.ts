import { fileDescriptorSet, type ServiceDefinition } from '@app/contracts';
import type { Server } from '@grpc/grpc-js';

/**
 * Lets tools ask the server what it serves (`grpcurl list`). Loaded only where it is switched on: it reads every
 * descriptor of the house.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 */
export async function addReflection(server: Server, services: Iterable<ServiceDefinition>): Promise<void> {
  const [{ ReflectionService }, { loadFileDescriptorSetFromBuffer }] = await Promise.all([
    import('@grpc/reflection'),
    import('@grpc/proto-loader'),
  ]);
  const definition = loadFileDescriptorSetFromBuffer(Buffer.from(fileDescriptorSet()));
  const names = Array.from(services, ({ fullName }) => fullName);
  new ReflectionService(definition, { services: names }).addToServer(server);
}
