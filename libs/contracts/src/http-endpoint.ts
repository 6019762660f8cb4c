import type { Status as RpcStatus } from './generated/google/rpc/status.js';
import type { Violations } from './violation.js';

/** The parts of an HTTP request from which a binder makes a message. A request of Fastify has this shape. */
export interface HttpInput {
  /** The values of the path variables by the names in `HttpRoute.url`, percent-decoded. */
  readonly params: unknown;
  /** The parameters of the query: a text, or a list of texts for a repeated one. */
  readonly query: unknown;
  /** The parsed JSON; undefined for a request without a body. */
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A variable of a path template that covers several segments, or a segment with a verb. */
export interface PathVariable {
  /** Its name in `HttpInput.params`. */
  readonly name: string;
  /** Index of its first segment in the template; the path `/v1/books` has the segments 0 and 1. */
  readonly from: number;
  /** Index after its last segment; undefined when it ends with `**`. */
  readonly to: number | undefined;
  /** Whether it covers several segments. Then `%2F` in it is not decoded. */
  readonly isMulti: boolean;
}

/** Who may use an endpoint. `@app/auth` checks it. */
export interface HttpAccess {
  readonly kind: 'public' | 'public-in-development' | 'signed-in' | 'self';
  /** The caller needs one of them; an empty list requires no role. */
  readonly roles: readonly string[];
}

/** The parts of a reply whose JSON is the same in every service. */
export interface ReplyFormat {
  /** Returns the JSON of an error. */
  error(status: RpcStatus): string;
}

/** One address of an endpoint, from `google.api.http` or one of its `additional_bindings`. */
export interface HttpRoute<Request = unknown, Response = unknown> {
  readonly method: string;
  /** As in the proto file: `/api/v1/books/{id}`. */
  readonly template: string;
  /** For the router: `/api/v1/books/:id`. */
  readonly url: string;
  /** The part after the last colon: `archive` of `/v1/{name=books/*}:archive`. */
  readonly verb?: string;
  /** The variables that are taken from the raw path. Without them the router's parameters suffice. */
  readonly variables?: readonly PathVariable[];
  readonly hasBody: boolean;
  /** Whether the body contains JSON without a schema, so that parsing must not change it. */
  readonly isExact?: boolean;
  /**
   * Makes the request message. The message is not validated yet; fields that cannot be read have their default.
   *
   * @param caller id of the signed-in user
   * @param issues receives what cannot be read, at paths of the JSON or the query
   */
  readonly bind: (input: HttpInput, caller: string | undefined, issues: Violations) => Request;
  /** Returns the JSON of a reply, or of one message of a stream. */
  readonly write: (response: Response, format: ReplyFormat) => string;
}

/** A field that only users with certain roles may set. */
export interface RestrictedField<Request = unknown> {
  readonly roles: readonly string[];
  readonly isSet: (request: Request) => boolean;
}

/** How the conditions of a request that changes a resource (`If-Match`) reach the service. */
export interface VersionCondition<Request = unknown> {
  /** The method of the same service that returns the current version, as a key of its `methods`: `get`. */
  readonly readMethod: string;
  /** The request of that method. */
  readonly readRequest: (request: Request) => unknown;
  /** Sets the versions that the conditions require. */
  readonly expect: (request: Request, versions: number[]) => void;
}

/** The HTTP side of an rpc. */
export interface HttpEndpoint<Request = unknown, Response = unknown> {
  readonly routes: readonly HttpRoute<Request, Response>[];
  readonly access: HttpAccess;
  /** Status of a success. */
  readonly status: number;
  /** How long the work may take, in milliseconds. @default http.deadline */
  readonly deadlineMs?: number;
  /** The path variable in which `me` stands for the caller; the user whom `self` means. */
  readonly me?: string;
  /** Whether a request whose body sets no field is refused. */
  readonly requiresChange?: boolean;
  readonly restricted?: readonly RestrictedField<Request>[];
  /** The version of the resource in a reply, for `ETag`. */
  readonly version?: (response: Response) => string | number;
  readonly condition?: VersionCondition<Request>;
  /** The value of the header `Location`. */
  readonly location?: (response: Response) => string;
  /** Converts the path of a broken rule, in proto names, to the path in the JSON. @default the same path */
  readonly jsonPath?: (path: string) => string;
}
