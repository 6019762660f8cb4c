import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AccessControl } from './access.control.js';
import { type Access, ACCESS, DEFAULT_ACCESS } from './access.decorators.js';

interface GuardedRequest {
  headers: { authorization?: string };
  params?: { id?: string };
}

/** Accepts a request if its route's access rule allows it, and sets the principal in the context. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly control: AccessControl,
  ) {}

  canActivate(execution: ExecutionContext): boolean {
    if (execution.getType() !== 'http') return true;
    const targets = [execution.getHandler(), execution.getClass()];
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, targets) ?? DEFAULT_ACCESS;
    const { headers, params } = execution.switchToHttp().getRequest<GuardedRequest>();
    this.control.check(access, headers.authorization, params?.id);
    return true;
  }
}
