export { ExactJson } from './body/exact-json.decorator.js';
export { createHttpAdapter } from './http.adapter.js';
export { type HttpConfig, httpConfig } from './http.config.js';
export { httpDoor } from './http.door.js';
export { HttpRequestError } from './http.errors.js';
export { HttpModule } from './http.module.js';
export { HttpValidationPipe } from './validation.pipe.js';
