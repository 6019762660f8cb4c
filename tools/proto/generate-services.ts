import type { DescFile, DescMethod, DescService } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel } from '@bufbuild/protobuf/wkt';
import type { Endpoints } from './edge/endpoints.ts';
import {
  endpointsModule,
  messagesModule,
  servicesModule,
  SourceFile,
  typeName,
  validatorsModule,
} from './source-file.ts';
import type { ValidTypes } from './valid-types.ts';

const idempotency = {
  [MethodOptions_IdempotencyLevel.IDEMPOTENCY_UNKNOWN]: 'unknown',
  [MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS]: 'no_side_effects',
  [MethodOptions_IdempotencyLevel.IDEMPOTENT]: 'idempotent',
};

/**
 * Writes the definition of each service of a file, the interface that a server implements and the client that a
 * caller uses.
 */
export function generateServices(file: DescFile, validTypes: ValidTypes, endpoints: Endpoints): SourceFile[] {
  if (file.services.length === 0) return [];
  const source = new SourceFile(servicesModule(file), `${file.name}.proto`);
  for (const service of file.services) {
    addDefinition(source, service, endpoints);
    addImplementation(source, service, validTypes);
    addClient(source, service, validTypes);
  }
  return [source];
}

function addDefinition(source: SourceFile, service: DescService, endpoints: Endpoints): void {
  const shape = source.useSupport('ServiceDefinition', 'service-definition', true);
  source.add(`export const ${service.name}Definition = {`);
  source.add(`  name: '${service.name}',`, `  fullName: '${service.typeName}',`, '  methods: {');
  for (const method of service.methods) {
    const { input, output } = method;
    const request = source.use(typeName(input), messagesModule(input.file));
    const response = source.use(typeName(output), messagesModule(output.file));
    const validate = !input.file.name.startsWith('google/')
      ? source.use(`validate${typeName(input)}`, validatorsModule(input.file))
      : source.useSupport('acceptAny', 'validation.support');
    source.add(
      `    ${method.localName}: {`,
      `      name: '${method.name}',`,
      `      path: '/${service.typeName}/${method.name}',`,
      `      requestStream: ${streams(method).request},`,
      `      responseStream: ${streams(method).response},`,
      `      idempotency: '${idempotency[method.idempotency]}',`,
      `      request: ${request},`,
      `      response: ${response},`,
      `      validate: ${validate},`,
      ...(endpoints.isServed(method)
        ? [
            `      http: ${source.use(`${service.name}Http`, endpointsModule(service.file))}.${method.localName},`,
          ]
        : []),
      '    },',
    );
  }
  source.add('  },', `} as const satisfies ${shape};`, '');
}

function addImplementation(source: SourceFile, service: DescService, validTypes: ValidTypes): void {
  source.add(
    `/** What a server of ${service.name} implements. */`,
    `export interface ${service.name}Implementation {`,
  );
  for (const method of service.methods) {
    const { request, response } = signature(source, method, validTypes);
    source.add(`  ${method.localName}(request: ${request}): ${response};`);
  }
  source.add('}', '');
}

function addClient(source: SourceFile, service: DescService, validTypes: ValidTypes): void {
  const options = source.useSupport('CallOptions', 'service-definition', true);
  source.add(
    `/** Calls ${service.name}; inject it by this class. */`,
    `export abstract class ${service.name}Client {`,
  );
  for (const method of service.methods) {
    const { request, response } = signature(source, method, validTypes);
    source.add(`  abstract ${method.localName}(request: ${request}, options?: ${options}): ${response};`);
  }
  source.add('}', '');
}

/**
 * Both sides use the request type that the validator accepts: the caller must set the required fields, and the
 * server has them.
 */
function signature(source: SourceFile, method: DescMethod, validTypes: ValidTypes) {
  const request = validTypes.use(source, method.input);
  const response = source.use(typeName(method.output), messagesModule(method.output.file));
  return {
    request: streams(method).request ? `AsyncIterable<${request}>` : request,
    response: streams(method).response ? `AsyncIterable<${response}>` : `Promise<${response}>`,
  };
}

function streams({ methodKind }: DescMethod) {
  return {
    request: methodKind === 'client_streaming' || methodKind === 'bidi_streaming',
    response: methodKind === 'server_streaming' || methodKind === 'bidi_streaming',
  };
}
