export { DevelopmentOnly, Public, PublicInDevelopment, Roles, SelfOr } from './access.decorators.js';
export { type AuthConfig, authConfig } from './auth.config.js';
export { AuthError, PermissionDeniedError, UnauthenticatedError } from './auth.errors.js';
export { AuthModule } from './auth.module.js';
export { currentPrincipal, requireRole, subjectOf } from './current-principal.js';
