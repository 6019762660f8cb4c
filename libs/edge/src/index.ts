export { ControllersOnly } from './controllers-only.decorator.js';
export { EdgeSetupError } from './edge.errors.js';
export { EdgeModule } from './edge.module.js';
export type { EdgeMethods, EdgeService, EdgeServiceOptions } from './edge.options.js';
