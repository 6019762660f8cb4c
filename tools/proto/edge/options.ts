import {
  type DescEnumValue,
  type DescField,
  type DescMethod,
  getOption,
  hasOption,
  isFieldSet,
  type FileRegistry,
  type Message,
} from '@bufbuild/protobuf';
import { AnnotationError } from './annotation.error.ts';

/** How a field looks in HTTP: `(ganymede.options.v1.field)`. */
export interface FieldOptions {
  readonly default?: string;
  readonly me?: boolean;
  readonly header?: string;
  readonly caller?: boolean;
  readonly internal?: boolean;
  readonly roles?: readonly string[];
  readonly alias?: string;
  readonly nullIfAbsent?: boolean;
  readonly omitIfEmpty?: boolean;
  readonly inline?: boolean;
  readonly unwrap?: boolean;
  readonly json?: boolean;
}

export type AccessName =
  'ACCESS_UNSPECIFIED' | 'PUBLIC' | 'PUBLIC_IN_DEVELOPMENT' | 'SIGNED_IN' | 'ROLES' | 'SELF';

/** What HTTP needs beside `google.api.http`: `(ganymede.options.v1.edge)`. */
export interface MethodOptions {
  readonly access: AccessName;
  readonly roles: readonly string[];
  readonly status?: number;
  readonly etag?: string;
  readonly ifMatch?: string;
  readonly location?: string;
  readonly deadline?: string;
  readonly requireChange?: boolean;
}

/** One binding of `google.api.http`. */
export interface HttpRule {
  readonly method: string;
  readonly template: string;
  /** `*`, a field of the request, or empty. */
  readonly body: string;
  /** A field of the reply, or empty for the whole reply. */
  readonly responseBody: string;
}

const ACCESS: readonly AccessName[] = [
  'ACCESS_UNSPECIFIED',
  'PUBLIC',
  'PUBLIC_IN_DEVELOPMENT',
  'SIGNED_IN',
  'ROLES',
  'SELF',
];

/** Reads the annotations of the HTTP edge into plain data. */
export class OptionsReader {
  private readonly registry: FileRegistry;

  constructor(registry: FileRegistry) {
    this.registry = registry;
  }

  ofField(field: DescField): FieldOptions {
    return this.plain(this.option(field, 'ganymede.options.v1.field'));
  }

  ofMethod(method: DescMethod): MethodOptions {
    const { access, ...options } = this.plain(this.option(method, 'ganymede.options.v1.edge'));
    const name = ACCESS[Number(access ?? 0)] ?? 'ACCESS_UNSPECIFIED';
    return { roles: [], ...options, access: name };
  }

  /** The name of an enum value in JSON; undefined when it has none of its own. */
  jsonNameOf(value: DescEnumValue): string | undefined {
    return this.plain(this.option(value, 'ganymede.options.v1.enum_value'))['json'] as string | undefined;
  }

  /** The bindings of a method; the main one first. Empty for a method that HTTP does not reach. */
  httpRulesOf(method: DescMethod): HttpRule[] {
    const rule = this.option(method, 'google.api.http');
    if (!rule) return [];
    const more = rule.additionalBindings as readonly AnyMessage[];
    if (more.some(({ additionalBindings }) => (additionalBindings as readonly AnyMessage[]).length > 0))
      throw new AnnotationError(
        method,
        'additional_bindings have additional_bindings. Write all of them below the main rule.',
      );
    return [rule, ...more].map(toHttpRule);
  }

  private plain(message: AnyMessage | undefined): Record<string, unknown> {
    if (!message) return {};
    const description = this.registry.getMessage(message.$typeName);
    const set = description?.fields.filter((field) => isFieldSet(message, field)) ?? [];
    return Object.fromEntries(set.map(({ localName }) => [localName, message[localName]]));
  }

  private option(target: DescField | DescMethod | DescEnumValue, name: string): AnyMessage | undefined {
    const extension = this.registry.getExtension(name);
    return extension && hasOption(target, extension)
      ? (getOption(target, extension) as AnyMessage)
      : undefined;
  }
}

type AnyMessage = Message & Record<string, unknown>;

function toHttpRule(rule: AnyMessage): HttpRule {
  const pattern = rule.pattern as HttpPattern;
  const isCustom = pattern.case === 'custom';
  return {
    method: (isCustom ? pattern.value.kind : (pattern.case ?? '')).toUpperCase(),
    template: isCustom ? pattern.value.path : (pattern.value ?? ''),
    body: String(rule.body),
    responseBody: String(rule.responseBody),
  };
}

/** `google.api.HttpRule.pattern`. */
type HttpPattern =
  | { readonly case: 'custom'; readonly value: { readonly kind: string; readonly path: string } }
  | { readonly case?: 'get' | 'put' | 'post' | 'delete' | 'patch'; readonly value?: string };
