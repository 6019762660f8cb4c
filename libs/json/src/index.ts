export { foreignCharset, isIdentity, isOurCharset } from './content.js';
export { findUnstorable, isStorableText } from './forbidden-text.js';
export type { JsonFault, JsonFaultKind } from './json.fault.js';
export { isKeptByDouble } from './number-literal.js';
export { type JsonReading, MAX_PAYLOAD_DEPTH, readJson, type ReadJsonOptions } from './read-json.js';
