import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { DescribedApi, DescribedRoute } from '../described-api.js';
import { HOSTILE_HEADERS, HOSTILE_JSON, HOSTILE_SEGMENTS } from './hostile-values.js';
import type { Random } from './random.js';
import { ValueMaker } from './value-maker.js';

/** A request in parts, so that single parts can be replaced. */
interface Draft {
  method: string;
  /** The path with its variables filled in. */
  path: string;
  query: [name: string, text: string][];
  /** Members of a JSON object with their JSON texts, or the text of another body. */
  body: [name: string, json: string][] | string | undefined;
  headers: Record<string, string>;
}

export interface MadeRequest {
  readonly rpc: string;
  readonly method: string;
  readonly url: string;
  readonly body: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

const VARIABLE = /\{([a-z0-9_.]+)(?:=([^}]*))?\}/g;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Makes valid, nearly valid and hostile requests for routes. */
export class RequestMaker {
  private readonly values: ValueMaker;
  /** Ids of resources that earlier requests have created. */
  private readonly ids: string[] = [];

  /** @param tokens values of the header Authorization; undefined stands for no header */
  constructor(
    api: DescribedApi,
    private readonly random: Random,
    private readonly tokens: readonly (string | undefined)[],
  ) {
    this.values = new ValueMaker(api, random);
  }

  remember(id: string): void {
    this.ids.push(id);
  }

  make(route: DescribedRoute): MadeRequest {
    const draft = this.draft(route);
    const changes = this.random.pick([0, 0, 1, 1, 1, 2, 4]);
    for (let change = 0; change < changes; change++) this.spoil(draft);
    return this.request(route.rpc, draft);
  }

  private draft({ method, template, body, input }: DescribedRoute): Draft {
    const inPath = new Set<string>();
    const path = template.replaceAll(VARIABLE, (_all, name: string) => {
      inPath.add(name);
      return this.segment(fieldAt(input, name));
    });
    const token = this.random.pick(this.tokens);
    const rest = body === '*' || body === '' ? this.values.message(input.fields, inPath) : {};
    const bodyField = input.fields.find(({ name }) => name === body);
    return {
      method,
      path,
      query: body === '' ? flat(rest) : [],
      body: bodyField
        ? JSON.stringify(this.values.valid(bodyField))
        : body === '*'
          ? members(rest)
          : undefined,
      headers: token === undefined ? {} : { authorization: token },
    };
  }

  /** Draws the same random numbers whatever ids there are, so that a seed repeats a run. */
  private segment(field: DescField | undefined): string {
    const made = field ? encodeURIComponent(String(this.values.valid(field))) : this.random.word(4);
    const [known, draw] = [this.ids[Math.floor(this.random.next() * this.ids.length)], this.random.int(1, 8)];
    if (draw === 1) return 'me';
    return draw <= 5 && known !== undefined ? known : made;
  }

  private spoil(draft: Draft): void {
    const { random } = this;
    const part = random.pick(['path', 'query', 'body', 'body', 'body', 'header', 'method', 'bytes']);
    if (part === 'path') draft.path = this.spoiltPath(draft.path);
    else if (part === 'query') this.spoilQuery(draft.query);
    else if (part === 'header') Object.assign(draft.headers, random.pick(HOSTILE_HEADERS));
    else if (part === 'method') draft.method = random.oneIn(3) ? random.pick(METHODS) : draft.method;
    else if (Array.isArray(draft.body) && part === 'body') this.spoilMembers(draft.body);
    else if (draft.body !== undefined) draft.body = this.spoiltText(textOf(draft.body));
    else this.spoilQuery(draft.query);
  }

  private spoiltPath(path: string): string {
    const segments = path.split('/');
    const at = this.random.int(Math.min(3, segments.length - 1), segments.length - 1);
    const value = this.random.pick(HOSTILE_SEGMENTS);
    return this.random.oneIn(8) ? `${path}/${value}` : segments.with(at, value).join('/');
  }

  private spoilQuery(query: Draft['query']): void {
    const value = this.random.pick(HOSTILE_SEGMENTS);
    const at = this.random.int(0, query.length);
    const [name] = query[at] ?? [this.random.oneIn(2) ? this.random.pick(HOSTILE_SEGMENTS) : 'colour'];
    if (this.random.oneIn(3)) query.push([name, value]);
    else query[at] = [name, value];
  }

  private spoilMembers(body: [string, string][]): void {
    const { random } = this;
    const at = random.int(0, body.length);
    const [name] = body[at] ?? [random.pick(['colour', '__proto__', 'constructor', '', 'items', 'id'])];
    if (random.oneIn(6)) body.splice(at, 1);
    else body[at] = [name, random.pick(HOSTILE_JSON)];
  }

  private spoiltText(text: string): string {
    const { random } = this;
    if (random.oneIn(3)) return random.pick(HOSTILE_JSON);
    if (random.oneIn(3)) return `[${text}]`;
    const at = random.int(0, text.length);
    return random.oneIn(2)
      ? text.slice(0, at)
      : `${text.slice(0, at)}${random.pick(['"', '}', ',', '\u0000', '€'])}${text.slice(at)}`;
  }

  private request(rpc: string, { method, path, query, body, headers }: Draft): MadeRequest {
    const search = query.map(([name, value]) => `${encodeURIComponent(name)}=${value}`).join('&');
    const text = body === undefined ? undefined : textOf(body);
    const type: Record<string, string> = text === undefined ? {} : { 'content-type': 'application/json' };
    const url = search === '' ? path : `${path}?${search}`;
    return { rpc, method, url, body: text, headers: { ...type, ...headers } };
  }
}

function fieldAt(message: DescMessage, path: string): DescField | undefined {
  const [name, ...rest] = path.split('.');
  const field = message.fields.find((each) => each.name === name);
  return field?.message && rest.length > 0 ? fieldAt(field.message, rest.join('.')) : field;
}

const members = (json: Record<string, unknown>) =>
  Object.entries(json).map(([name, value]): [string, string] => [name, JSON.stringify(value)]);

const textOf = (body: string | [string, string][]) =>
  typeof body === 'string'
    ? body
    : `{${body.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;

/** The parameters of a query: lists are repeated, objects have names with dots. */
function flat(json: Record<string, unknown>, prefix = ''): [string, string][] {
  return Object.entries(json).flatMap(([name, value]): [string, string][] => {
    const path = `${prefix}${name}`;
    if (Array.isArray(value)) return value.map((item) => [path, encodeURIComponent(String(item))]);
    if (typeof value === 'object' && value !== null) return flat({ ...value }, `${path}.`);
    return [[path, encodeURIComponent(String(value))]];
  });
}
