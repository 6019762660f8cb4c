/** A variable of a path template, and the segments that it covers. */
export interface TemplateVariable {
  /** The field of the request, `name` or `book.name`. */
  readonly field: string;
  readonly from: number;
  /** After its last segment; undefined when it ends with `**`. */
  readonly to: number | undefined;
  readonly isMulti: boolean;
}

export interface PathTemplate {
  /** A literal, `*` or `**`. */
  readonly segments: readonly string[];
  readonly variables: readonly TemplateVariable[];
  /** After the last colon; undefined when there is none. */
  readonly verb: string | undefined;
}

const LITERAL = /^[A-Za-z0-9_.~!$&'()+,;=@-]+$/;
const FIELD_PATH = /^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*$/;

/**
 * Parses a path template of `google.api.http`.
 *
 * @see https://github.com/googleapis/googleapis/blob/master/google/api/http.proto
 * @throws SyntaxError with what is wrong
 */
export function parsePathTemplate(template: string): PathTemplate {
  if (!template.startsWith('/')) throw new SyntaxError(`"${template}" must begin with /`);
  const { path, verb } = splitVerb(template);
  const segments: string[] = [];
  const variables: TemplateVariable[] = [];
  for (const part of splitSegments(path)) {
    const variable = /^\{([^{}=]*)(?:=([^{}]*))?\}$/.exec(part);
    if (!variable) {
      segments.push(checkedSegment(part, template));
      continue;
    }
    const [, field = '', pattern = '*'] = variable;
    if (!FIELD_PATH.test(field)) throw new SyntaxError(`"{${field}}" must name a field`);
    const from = segments.length;
    segments.push(...pattern.split('/').map((each) => checkedSegment(each, template)));
    const isMulti = segments.length - from > 1 || segments.at(-1) === '**';
    variables.push({ field, from, to: segments.at(-1) === '**' ? undefined : segments.length, isMulti });
  }
  const rest = segments.indexOf('**');
  if (rest >= 0 && rest !== segments.length - 1)
    throw new SyntaxError(`"${template}" must have ** only as its last segment`);
  const twice = variables.find(
    ({ field }, index) => variables.findIndex((each) => each.field === field) < index,
  );
  if (twice) throw new SyntaxError(`"${template}" has the variable ${twice.field} twice`);
  return { segments, variables, verb };
}

function splitVerb(template: string): { path: string; verb: string | undefined } {
  const [, path = template, verb] = /^(.*?)(?::([^/{}:]+))?$/.exec(template) ?? [];
  if (verb !== undefined && !LITERAL.test(verb)) throw new SyntaxError(`"${verb}" is not a valid verb`);
  return { path, verb };
}

/** Splits at slashes outside of braces. */
function splitSegments(path: string): string[] {
  const segments: string[] = [];
  let open = '';
  for (const part of path.slice(1).split('/')) {
    open = open === '' ? part : `${open}/${part}`;
    if (open.includes('{') && !open.includes('}')) continue;
    segments.push(open);
    open = '';
  }
  return open === '' ? segments : [...segments, open];
}

function checkedSegment(segment: string, template: string): string {
  if (segment === '*' || segment === '**' || LITERAL.test(segment)) return segment;
  throw new SyntaxError(`"${template}" has the segment "${segment}", which is no literal, *, ** or {field}`);
}

/** The name of a variable among the parameters of the router. */
export function parameterName({ field }: TemplateVariable): string {
  return field.replaceAll('.', '_');
}

/** Whether the parameters of the router are not enough: values that need the raw path. */
export function needsRawPath({ variables, verb, segments }: PathTemplate): boolean {
  return (
    variables.some(({ isMulti }) => isMulti) ||
    (verb !== undefined && segments.at(-1)?.startsWith('*') === true)
  );
}

/** The template in the syntax of the router: `/v1/books/:id`, `/v1/files/*`, `/v1/items::search`. */
export function routerUrl(template: PathTemplate): string {
  const { segments, variables, verb } = template;
  const parts = segments.map((segment, index) => {
    if (segment === '**') return '*';
    if (segment !== '*') return segment;
    const variable = variables.find(({ from, to }) => from === index && to === index + 1);
    return variable ? `:${parameterName(variable)}` : `:segment${index}`;
  });
  const url = `/${parts.join('/')}`;
  return verb === undefined || segments.at(-1)?.startsWith('*') ? url : `${url}::${verb}`;
}

/** The verb, when it stands after a variable and so is part of the raw value; a verb after a literal is in the URL. */
export function rawVerb({ segments, verb }: PathTemplate): string | undefined {
  return segments.at(-1)?.startsWith('*') ? verb : undefined;
}
