import { fileDescriptorSet, type ServiceDefinition } from '@app/contracts';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { Server } from '@grpc/grpc-js';

const HEALTH = 'grpc.health.v1.Health';

/**
 * Lets tools ask the server what it serves (`grpcurl list`). Loaded only where it is switched on: it reads every
 * descriptor of the project.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 */
export async function addReflection(server: Server, services: Iterable<ServiceDefinition>): Promise<void> {
  const { ReflectionService } = await import('@grpc/reflection');
  const names = [HEALTH, ...Array.from(services, ({ fullName }) => fullName)];
  new ReflectionService(packageOf(fileDescriptorSet()), { services: names }).addToServer(server);
}

type PackageDefinition = ConstructorParameters<typeof import('@grpc/reflection').ReflectionService>[0];

/**
 * The files as the compiler wrote them. A proto-loader would write them anew, without their imports and with map
 * entries under names of its own, which other languages refuse.
 */
function packageOf(set: Uint8Array): PackageDefinition {
  const reader = new BinaryReader(set);
  const fileDescriptorProtos: Buffer[] = [];
  // A FileDescriptorSet is its files one after the other, each as field 1.
  while (reader.pos < reader.len) {
    reader.tag();
    fileDescriptorProtos.push(Buffer.from(reader.bytes()));
  }
  const type = { name: 'FileDescriptorSet' };
  return { files: { format: 'Protocol Buffer 3 DescriptorProto', type, fileDescriptorProtos } };
}
