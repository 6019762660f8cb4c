export { AccessControl } from './access.control.js';
export {
  type Access,
  ACCESS,
  DevelopmentOnly,
  Public,
  PublicInDevelopment,
  Roles,
  SelfOr,
} from './access.decorators.js';
export { AccessGuard } from './access.guard.js';
export { type AuthConfig, authConfig } from './auth.config.js';
export { AuthError, NotAUserError, PermissionDeniedError, UnauthenticatedError } from './auth.errors.js';
export { AuthModule } from './auth.module.js';
export { currentPrincipal, requireRole, subjectOf } from './current-principal.js';
export { ME, requireAccess } from './require-access.js';
