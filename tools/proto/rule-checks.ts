import type { DescEnum, DescField } from '@bufbuild/protobuf';
import { typeName, propertyName } from './source-file.ts';
import { unsupported, type FieldRules, type RuleValue } from './field-rules.ts';

/** One check in the generated code. */
export interface RuleCheck {
  /** Expression that is true when the rule is violated. */
  readonly broken: string;
  /** Completes the sentence "the value …". */
  readonly message: string;
  /** Names that the expression imports from `validation.support.ts`. */
  readonly needs?: readonly string[];
}

/** A rule as a constant for the HTTP edge, as `[property, source text]`. */
export type RuleConstant = readonly [name: string, literal: string];

export interface CompiledRules {
  readonly checks: readonly RuleCheck[];
  readonly constants: readonly RuleConstant[];
}

const numeric = /^(double|float|s?u?int(32|64)|s?fixed(32|64))$/;

/** Compiles the rules of a scalar, an enum or the length of a list into checks of the expression `value`. */
export function compileRules(rules: FieldRules, field: DescField, value: string): CompiledRules {
  const { kind } = rules;
  if (kind === undefined) return { checks: [], constants: [] };
  const compile =
    kind === 'string'
      ? stringRules
      : kind === 'bytes'
        ? lengthRules
        : kind === 'repeated'
          ? listRules
          : kind === 'enum'
            ? enumRules
            : numeric.test(kind)
              ? numberRules
              : undefined;
  if (!compile) throw unsupported(field, kind);
  const unread = new Map(rules.values);
  const take = (name: string): RuleValue | undefined => {
    const found = unread.get(name);
    unread.delete(name);
    return found;
  };
  const compiled = compile(value, take, field);
  for (const name of unread.keys()) throw unsupported(field, `${kind}.${name}`);
  return compiled;
}

type Compile = (
  value: string,
  take: (name: string) => RuleValue | undefined,
  field: DescField,
) => CompiledRules;

const stringRules: Compile = (value, take, field) => {
  const length = bounds(take('min_len'), take('max_len'), take('len'));
  const pattern = take('pattern');
  const { checks, constants } = membership(value, take);
  // A string has at least as many UTF-16 units as characters, so most strings need no counting.
  const { min, max } = length;
  const tooShort =
    min === undefined ? [] : min <= 1 ? [`${value}.length < ${min}`] : [`characters(${value}) < ${min}`];
  const tooLong = max === undefined ? [] : [`(${value}.length > ${max} && characters(${value}) > ${max})`];
  const counted = [...tooShort, ...tooLong].join(' || ');
  return {
    checks: [
      ...(counted
        ? [
            {
              broken: counted,
              message: `must have ${amount(length, 'character')}`,
              needs: counted.includes('characters(') ? ['characters'] : [],
            },
          ]
        : []),
      ...(typeof pattern === 'string'
        ? [{ broken: `!${patternSource(pattern, field)}.test(${value})`, message: `must match ${pattern}` }]
        : []),
      ...(take('uuid') === true
        ? [{ broken: `!UUID.test(${value})`, message: 'must be a UUID', needs: ['UUID'] }]
        : []),
      ...(take('email') === true
        ? [{ broken: `!EMAIL.test(${value})`, message: 'must be an e-mail address', needs: ['EMAIL'] }]
        : []),
      ...checks,
    ],
    constants: [
      ...(min === undefined ? [] : [['minLength', `${min}`] as const]),
      ...(max === undefined ? [] : [['maxLength', `${max}`] as const]),
      ...(typeof pattern === 'string' ? [['pattern', regExp(pattern)] as const] : []),
      ...constants,
    ],
  };
};

const lengthRules: Compile = (value, take) =>
  countRules(value, 'byte', bounds(take('min_len'), take('max_len'), take('len')), 'Length');
const listRules: Compile = (value, take) =>
  countRules(value, 'item', bounds(take('min_items'), take('max_items')), 'Items');

const numberRules: Compile = (value, take) => {
  const limits = [
    { rule: 'gte', operator: '>=', says: 'at least', constant: 'minimum' },
    { rule: 'gt', operator: '>', says: 'more than', constant: 'exclusiveMinimum' },
    { rule: 'lte', operator: '<=', says: 'at most', constant: 'maximum' },
    { rule: 'lt', operator: '<', says: 'less than', constant: 'exclusiveMaximum' },
  ].flatMap((limit) => {
    const bound = take(limit.rule);
    return bound === undefined ? [] : [{ ...limit, bound: String(bound) }];
  });
  // Negated, so that NaN is rejected too.
  const inside = limits.map(({ operator, bound }) => `${value} ${operator} ${bound}`).join(' && ');
  const message = `must be ${limits.map(({ says, bound }) => `${says} ${bound}`).join(' and ')}`;
  const { checks, constants } = membership(value, take);
  return {
    checks: [...(inside ? [{ broken: `!(${inside})`, message }] : []), ...checks],
    constants: [...limits.map(({ constant, bound }) => [constant, bound] as const), ...constants],
  };
};

const enumRules: Compile = (value, take, field) => {
  const definition = field.enum as DescEnum;
  const allowed = take('in') as readonly number[] | undefined;
  const refused = new Set((take('not_in') as readonly number[] | undefined) ?? []);
  if (take('defined_only') !== true && !allowed)
    throw unsupported(field, 'an enum without defined_only or in');
  const values = definition.values.filter(
    ({ number }) => (allowed?.includes(number) ?? true) && !refused.has(number),
  );
  return {
    checks: [
      {
        broken: values.map(({ number }) => `${value} !== ${number}`).join(' && '),
        message: `must be one of ${values.map(({ name }) => name).join(', ')}`,
      },
    ],
    constants: [['oneOf', `[${values.map(({ number }) => number).join(', ')}]`]],
  };
};

function membership(value: string, take: (name: string) => RuleValue | undefined): CompiledRules {
  const fixed = take('const');
  const allowed = (fixed === undefined ? take('in') : [fixed]) as readonly (number | string)[] | undefined;
  const refused = take('not_in') as readonly (number | string)[] | undefined;
  const list = (values: readonly (number | string)[]) =>
    values.map((item) => JSON.stringify(item)).join(', ');
  return {
    checks: [
      ...(allowed
        ? [
            {
              broken: allowed.map((item) => `${value} !== ${JSON.stringify(item)}`).join(' && '),
              message: `must be one of ${allowed.join(', ')}`,
            },
          ]
        : []),
      ...(refused
        ? [
            {
              broken: refused.map((item) => `${value} === ${JSON.stringify(item)}`).join(' || '),
              message: `must not be ${refused.join(', ')}`,
            },
          ]
        : []),
    ],
    constants: [
      ...(allowed ? [['oneOf', `[${list(allowed)}]`] as const] : []),
      ...(refused ? [['noneOf', `[${list(refused)}]`] as const] : []),
    ],
  };
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

function bounds(min?: RuleValue, max?: RuleValue, exact?: RuleValue): Bounds {
  const lower = exact ?? min;
  const upper = exact ?? max;
  return {
    ...(lower !== undefined && { min: Number(lower) }),
    ...(upper !== undefined && { max: Number(upper) }),
  };
}

function countRules(value: string, unit: string, limits: Bounds, suffix: string): CompiledRules {
  const tests = [
    ...(limits.min === undefined ? [] : [`${value}.length < ${limits.min}`]),
    ...(limits.max === undefined ? [] : [`${value}.length > ${limits.max}`]),
  ];
  return {
    checks:
      tests.length > 0 ? [{ broken: tests.join(' || '), message: `must have ${amount(limits, unit)}` }] : [],
    constants: [
      ...(limits.min === undefined ? [] : [[`min${suffix}`, `${limits.min}`] as const]),
      ...(limits.max === undefined ? [] : [[`max${suffix}`, `${limits.max}`] as const]),
    ],
  };
}

function amount({ min, max }: Bounds, unit: string): string {
  const plural = (count: number) => `${count} ${unit}${count === 1 ? '' : 's'}`;
  if (min === undefined) return `at most ${plural(max ?? 0)}`;
  if (max === undefined) return `at least ${plural(min)}`;
  return min === max ? `exactly ${plural(min)}` : `${min} to ${plural(max)}`;
}

/** Uses the constants, because a literal in a function would create a new RegExp on every call. */
function patternSource(pattern: string, field: DescField): string {
  return field.fieldKind === 'list'
    ? regExp(pattern)
    : `${typeName(field.parent)}Rules.${propertyName(field)}.pattern`;
}

const regExp = (pattern: string) => new RegExp(pattern, 'u').toString();
