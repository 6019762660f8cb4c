import { ME, NotAUserError, requireAccess, UnauthenticatedError } from '@app/auth';
import type { Principal } from '@app/context';
import {
  type HttpEndpoint,
  type HttpRoute,
  type Validator,
  type Violation,
  violationCount,
  type Violations,
} from '@app/contracts';
import { ValidationFailedError } from '@app/errors';
import { HttpRequestError } from '@app/http';
import type { FastifyRequest } from 'fastify';

const UNCHANGED: Violation = { path: '', message: 'must change something' };

/** Makes the message of a request, and refuses one that breaks a rule of its proto file. */
export class RequestReader {
  private readonly me: string | undefined;

  constructor(
    private readonly endpoint: HttpEndpoint,
    private readonly route: HttpRoute,
    private readonly validate: Validator<unknown>,
  ) {
    this.me = endpoint.me;
  }

  /**
   * @throws HttpRequestError MALFORMED_BODY when there is no body and the request is not valid without it
   * @throws ValidationFailedError with the first 20 issues and their number
   * @throws NotAUserError when `me` stands for a caller who is not a user
   * @throws PermissionDeniedError for a field that the caller may not set
   */
  read(request: FastifyRequest, caller: Principal | undefined): unknown {
    if (!caller && this.me !== undefined && this.isMe(request)) throw UnauthenticatedError.create();
    const issues: Violations = [];
    const message = this.route.bind(request, caller?.id, issues);
    const broken = this.validate(message);
    if (issues.length > 0 || broken.length > 0) this.refuse(request, caller, issues, broken);
    if (this.endpoint.requiresChange && isEmpty(request.body)) this.refuse(request, caller, [UNCHANGED], []);
    if (this.endpoint.restricted) this.checkRoles(message, caller);
    return message;
  }

  private isMe({ params }: FastifyRequest): boolean {
    return this.me !== undefined && (params as Record<string, string>)[this.me] === ME;
  }

  private refuse(
    request: FastifyRequest,
    caller: Principal | undefined,
    issues: Violations,
    broken: readonly Violation[],
  ): never {
    const { jsonPath } = this.endpoint;
    const renamed = jsonPath
      ? broken.map(({ path, message }) => ({ path: jsonPath(path), message }))
      : broken;
    const further = renamed.filter(({ path }) => !issues.some((issue) => isWithin(path, issue.path)));
    const all = [...issues, ...further];
    if (caller && this.isMe(request) && all.some(({ path }) => path === this.me))
      throw NotAUserError.of(caller.id);
    if (this.route.hasBody && request.body === undefined) throw HttpRequestError.malformedBody('it is empty');
    const repeated = renamed.length - further.length;
    throw ValidationFailedError.of(all, violationCount(issues) + violationCount(broken) - repeated);
  }

  private checkRoles(message: unknown, caller: Principal | undefined): void {
    for (const { roles, isSet } of this.endpoint.restricted ?? []) {
      if (!isSet(message)) continue;
      if (!caller) throw UnauthenticatedError.create();
      requireAccess(caller, { kind: 'signed-in', roles });
    }
  }
}

/** Whether a path is the same as an outer one, or below it. The empty path is the whole request. */
function isWithin(path: string, outer: string): boolean {
  if (!path.startsWith(outer)) return false;
  const next = path[outer.length];
  return outer === '' || next === undefined || next === '.' || next === '[';
}

function isEmpty(body: unknown): boolean {
  if (body === undefined) return true;
  return typeof body === 'object' && body !== null && Object.keys(body).length === 0;
}
