export { dashedUuid, isUuid } from './uuid.js';
export { isUuidV7, uuidV7, uuidV7Time } from './uuid-v7.js';
export { UuidV7Generator } from './uuid-v7.generator.js';
export { uuidV8 } from './uuid-v8.js';
