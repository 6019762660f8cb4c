export {
  type ConditionalHeaders,
  hasConditions,
  readConditions,
} from './conditional/conditional-headers.js';
export { PreconditionFailedError } from './conditional/precondition-failed.error.js';
export { evaluateConditions, type Outcome, type Representation } from './conditional/preconditions.js';
export { requestedRange, type RequestedRange } from './conditional/range.header.js';
export { createHttpAdapter } from './http.adapter.js';
export { type HttpConfig, httpConfig } from './http.config.js';
export { httpDoor } from './http.door.js';
export { HttpRequestError } from './http.errors.js';
export { HttpModule } from './http.module.js';
export { HttpValidationPipe } from './validation.pipe.js';
