import { fileDescriptorSet, type ServiceDefinition } from '@app/contracts';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { Server } from '@grpc/grpc-js';

const HEALTH = 'grpc.health.v1.Health';

/**
 * Adds server reflection, so that tools can list the services (`grpcurl list`). Loaded only where it is switched on,
 * since it reads every descriptor of the project.
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
 * The descriptors as the compiler wrote them. proto-loader would generate them again without their imports, and with
 * names of map entries that other languages reject.
 */
function packageOf(set: Uint8Array): PackageDefinition {
  const reader = new BinaryReader(set);
  const fileDescriptorProtos: Buffer[] = [];
  // A FileDescriptorSet is a sequence of files, each as field 1.
  while (reader.pos < reader.len) {
    reader.tag();
    fileDescriptorProtos.push(Buffer.from(reader.bytes()));
  }
  const type = { name: 'FileDescriptorSet' };
  return { files: { format: 'Protocol Buffer 3 DescriptorProto', type, fileDescriptorProtos } };
}
