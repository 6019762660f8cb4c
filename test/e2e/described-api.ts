import { fileDescriptorSet } from '@app/contracts';
import {
  createFileRegistry,
  type DescEnumValue,
  type DescField,
  type DescMessage,
  type DescMethod,
  type FileRegistry,
  fromBinary,
  getOption,
  hasOption,
  type JsonObject,
  type JsonValue,
  toJson,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/** An address of a method, from `google.api.http`. */
export interface DescribedRoute {
  readonly rpc: string;
  readonly method: string;
  readonly template: string;
  /** `*`, a field, or empty. */
  readonly body: string;
  readonly input: DescMessage;
  /** As in the proto file: `ROLES`; empty like `SIGNED_IN`. */
  readonly access: string;
}

/** The annotations of the proto files, as plain data. */
export class DescribedApi {
  private readonly registry: FileRegistry;

  constructor() {
    this.registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, fileDescriptorSet()));
  }

  /** All addresses that the gateway serves from the proto files. */
  routes(): DescribedRoute[] {
    const services = Array.from(this.registry).filter((type) => type.kind === 'service');
    return services.flatMap(({ methods }) => methods).flatMap((method) => this.routesOf(method));
  }

  /** The rules of a field: `{string: {minLen: '1'}}`. */
  rulesOf(field: DescField): JsonObject {
    return this.option(field, 'buf.validate.field') ?? {};
  }

  /** The options of a field in HTTP: `{alias: 'queries'}`. */
  optionsOf(field: DescField): JsonObject {
    return this.option(field, 'ganymede.options.v1.field') ?? {};
  }

  jsonNameOf(value: DescEnumValue): string {
    const json = this.option(value, 'ganymede.options.v1.enum_value')?.['json'];
    return typeof json === 'string' ? json : value.name;
  }

  private routesOf(method: DescMethod): DescribedRoute[] {
    const rule = this.option(method, 'google.api.http');
    if (!rule) return [];
    const more = (rule['additionalBindings'] ?? []) as JsonObject[];
    return [rule, ...more].flatMap((each) =>
      ['get', 'put', 'post', 'delete', 'patch'].flatMap((verb) => {
        const template = each[verb];
        if (typeof template !== 'string') return [];
        return {
          rpc: `${method.parent.name}.${method.name}`,
          method: verb.toUpperCase(),
          template,
          body: textOf(each['body']),
          access: textOf(this.option(method, 'ganymede.options.v1.edge')?.['access']),
          input: method.input,
        };
      }),
    );
  }

  private option(target: DescField | DescMethod | DescEnumValue, name: string): JsonObject | undefined {
    const extension = this.registry.getExtension(name);
    if (extension?.message === undefined || !hasOption(target, extension)) return undefined;
    const value = getOption(target, extension) as Parameters<typeof toJson>[1];
    return toJson(extension.message, value, { registry: this.registry }) as JsonObject;
  }
}

const textOf = (value: JsonValue | undefined) => (typeof value === 'string' ? value : '');
