import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';
import { credentials, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EchoFixture } from '../../../test/support/apps/echo-fixture.js';

interface Answer {
  list_services_response?: { service: { name: string }[] };
  file_descriptor_response?: { file_descriptor_proto: Buffer[] };
  error_response?: { error_message: string };
}

const package_ = dirname(createRequire(import.meta.url).resolve('@grpc/reflection/package.json'));

/** Requests reflection as other tools do: one request, one response. */
function askerOf(version: 'v1' | 'v1alpha', port: number) {
  const proto = join(package_, 'build', 'proto', 'grpc', 'reflection', version, 'reflection.proto');
  const { grpc } = loadPackageDefinition(loadSync(proto, { keepCase: true, oneofs: true })) as unknown as {
    grpc: { reflection: Record<string, { ServerReflection: ServiceClientConstructor }> };
  };
  const { ServerReflection: Client } = grpc.reflection[version] ?? {};
  if (!Client) throw new Error(`There is no reflection ${version}.`);
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const ask = (question: Record<string, string>) =>
    new Promise<Answer>((resolve, reject) => {
      const stream = client['ServerReflectionInfo']?.call(client);
      stream.once('data', (answer: Answer) => {
        resolve(answer);
        stream.end();
      });
      stream.once('error', reject);
      stream.write(question);
    });
  return { ask, close: () => client.close() };
}

/** Sorts the files so that imports come first. */
function inOrder(files: ReadonlyMap<string, FileDescriptorProto>): FileDescriptorProto[] {
  const ordered = new Set<FileDescriptorProto>();
  const add = (file: FileDescriptorProto): void => {
    for (const name of file.dependency) {
      const imported = files.get(name);
      if (imported) add(imported);
    }
    ordered.add(file);
  };
  for (const file of files.values()) add(file);
  return [...ordered];
}

describe.each(['v1', 'v1alpha'] as const)('server reflection %s', (version) => {
  let fixture: EchoFixture;
  let asker: ReturnType<typeof askerOf>;

  beforeAll(async () => {
    fixture = await EchoFixture.open({ APP__GRPC__REFLECTION: 'true' });
    asker = askerOf(version, fixture.port);
  });
  afterAll(async () => {
    asker.close();
    await fixture.close();
  });

  const read = async (question: Record<string, string>) => {
    const { file_descriptor_response, error_response } = await asker.ask(question);
    if (!file_descriptor_response) throw new Error(error_response?.error_message);
    return file_descriptor_response.file_descriptor_proto.map((bytes) =>
      fromBinary(FileDescriptorProtoSchema, bytes),
    );
  };

  /** The file with its imports. An import that the response does not contain is requested by name. */
  const filesOf = async (symbol: string) => {
    const files = new Map<string, FileDescriptorProto>();
    const take = (found: readonly FileDescriptorProto[]) => {
      for (const file of found) files.set(file.name, file);
    };
    take(await read({ file_containing_symbol: symbol }));
    for (const { dependency } of files.values())
      for (const name of dependency) if (!files.has(name)) take(await read({ file_by_filename: name }));
    return createFileRegistry({ $typeName: FileDescriptorSetSchema.typeName, file: inOrder(files) });
  };

  it('lists the services of the app, and health', async () => {
    const { list_services_response } = await asker.ask({ list_services: '*' });
    const names = list_services_response?.service.map(({ name }) => name).sort();
    expect(names).toEqual([
      'ganymede.health.v1.DependenciesService',
      'ganymede.testing.v1.EchoService',
      'grpc.health.v1.Health',
    ]);
  });

  it.each([
    ['a service of the app', 'ganymede.testing.v1.EchoService'],
    ['a message with a time', 'ganymede.counters.v1.TopCountersResponse'],
    ['health, with its map', 'grpc.health.v1.Health'],
    ['the details of errors', 'google.rpc.ErrorInfo'],
  ])('returns %s with all its imports', async (_what, symbol) => {
    const registry = await filesOf(symbol);
    const found = registry.getService(symbol) ?? registry.getMessage(symbol);
    expect(found?.typeName).toBe(symbol);
  });
});
