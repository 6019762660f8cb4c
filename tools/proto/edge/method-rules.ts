import type { DescField, DescMethod } from '@bufbuild/protobuf';
import { propertyName } from '../source-file.ts';
import { AnnotationError } from './annotation.error.ts';
import { isString, scalarCode } from './field-types.ts';
import type { MessageForms } from './message-form.ts';
import type { HttpRule, MethodOptions } from './options.ts';
import { parameterName, type PathTemplate, parsePathTemplate, routerUrl } from './path-template.ts';
import { fieldAt } from './request-fields.ts';

const KINDS = {
  ACCESS_UNSPECIFIED: 'signed-in',
  PUBLIC: 'public',
  PUBLIC_IN_DEVELOPMENT: 'public-in-development',
  SIGNED_IN: 'signed-in',
  ROLES: 'signed-in',
  SELF: 'self',
} as const;

/** Who may call a method. @throws AnnotationError for roles that have no effect, or are missing */
export function checkAccess(method: DescMethod, { access, roles }: MethodOptions) {
  const mayHaveRoles = access === 'ROLES' || access === 'SELF' || access === 'PUBLIC_IN_DEVELOPMENT';
  if (roles.length > 0 && !mayHaveRoles)
    throw new AnnotationError(
      method,
      `roles have no effect with access ${access}. Use access: ROLES, or remove them.`,
    );
  if (access === 'ROLES' && roles.length === 0)
    throw new AnnotationError(method, 'access: ROLES needs roles. Add roles: "admin", or use SIGNED_IN.');
  return { kind: KINDS[access], roles };
}

/** The path parameter in which `me` stands for the caller. @throws AnnotationError */
export function meField(
  method: DescMethod,
  { access }: MethodOptions,
  templates: readonly PathTemplate[],
  forms: MessageForms,
): string | undefined {
  const fields = method.input.fields.filter((field) => forms.options.ofField(field).me);
  const [field, second] = fields;
  if (second) throw new AnnotationError(second, 'a request has only one field with me. Remove one of them.');
  if (!field) {
    if (access !== 'SELF') return undefined;
    throw new AnnotationError(
      method,
      'access: SELF needs a field of the path that names the user. Set me on it.',
    );
  }
  const variables = templates.map(({ variables: all }) =>
    all.find((variable) => variable.field === field.name),
  );
  if (!isString(field) || variables.some((variable) => !variable || variable.isMulti))
    throw new AnnotationError(
      field,
      'me needs a text that is a segment of every path. Put it into the path, or remove me.',
    );
  const [variable] = variables;
  return variable && parameterName(variable);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
/** The longest deadline that a call can have, in milliseconds. */
const MAX_DEADLINE = 24 * 24 * 3_600_000;

export function durationMs(method: DescMethod, text: string): number {
  const [, count, unit = ''] = /^([1-9]\d*)(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS[unit] ?? NaN);
  if (ms <= MAX_DEADLINE) return ms;
  throw new AnnotationError(
    method,
    `the deadline "${text}" must be a number with its unit, such as 5s, and at most 24 days.`,
  );
}

/** The method that reads the version, the field that receives it, and the fields that name the resource. */
export function versionCondition(
  method: DescMethod,
  ifMatch: string,
  templates: readonly PathTemplate[],
  forms: MessageForms,
): { read: DescMethod; field: DescField; ids: string[] } {
  const field = fieldAt(method, method.input, ifMatch, 'if_match').at(-1) as DescField;
  const isVersions =
    field.fieldKind === 'list' &&
    field.listKind === 'scalar' &&
    scalarCode(field.scalar).read === 'readInt64';
  if (!isVersions || ifMatch.includes('.'))
    throw new AnnotationError(
      method,
      `if_match names ${ifMatch}, but needs a repeated int64 of ${method.input.typeName}. Name another field.`,
    );
  const urls = templates.map(routerUrl);
  const read = method.parent.methods.find(
    (each) =>
      forms.options.ofMethod(each).etag !== undefined &&
      forms.options
        .httpRulesOf(each)
        .some((rule) => rule.method === 'GET' && urls.includes(routerUrl(parsePathTemplate(rule.template)))),
  );
  if (!read)
    throw new AnnotationError(
      method,
      `if_match needs a method of ${method.parent.name} with GET at the same path and with etag. Add etag to it, or remove if_match.`,
    );
  const ids = (templates[0]?.variables ?? []).map((variable) => {
    const own = fieldAt(method, method.input, variable.field, 'the path').at(-1) as DescField;
    const other = read.input.fields.find(({ name }) => name === own.name);
    if (!other || variable.field.includes('.'))
      throw new AnnotationError(
        method,
        `if_match needs the field ${variable.field} in ${read.input.typeName} too. Add it.`,
      );
    return propertyName(own);
  });
  return { read, field, ids };
}

/** The fields that conditions set, so that clients cannot. */
export function conditionFields(
  methods: readonly DescMethod[],
  forms: { ofMethod: (method: DescMethod) => MethodOptions },
): Set<DescField> {
  return new Set(
    methods.flatMap((method) => {
      const { ifMatch } = forms.ofMethod(method);
      return method.input.fields.filter(({ name }) => name === ifMatch);
    }),
  );
}

/** Refuses options of the edge on a method that HTTP does not reach. */
export function refuseUnreachable(method: DescMethod, forms: MessageForms): void {
  const { access, roles, ...others } = forms.options.ofMethod(method);
  if (access === 'ACCESS_UNSPECIFIED' && roles.length === 0 && Object.keys(others).length === 0) return;
  if (forms.options.httpRulesOf(method).length === 0)
    throw new AnnotationError(method, 'has options for HTTP but no google.api.http. Add it, or remove them.');
}

/** @throws AnnotationError when a required change cannot be in the body */
export function checkChange(
  method: DescMethod,
  { requireChange }: MethodOptions,
  rules: readonly HttpRule[],
): void {
  if (requireChange && rules.some(({ body }) => body === ''))
    throw new AnnotationError(method, 'require_change needs a body. Add body, or remove require_change.');
}

/** @throws AnnotationError for options of one reply on a stream of replies */
export function checkStream(method: DescMethod, { etag, ifMatch, location }: MethodOptions): void {
  if (method.methodKind !== 'server_streaming') return;
  const found = Object.entries({ etag, if_match: ifMatch, location }).find(
    ([, value]) => value !== undefined,
  );
  if (found)
    throw new AnnotationError(method, `${found[0]} needs one reply, and this is a stream. Remove it.`);
}
