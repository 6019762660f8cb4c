export * from './generated/ganymede/counters/v1/counters.js';
export * from './generated/ganymede/fencing/v1/fencing.js';
export * from './generated/ganymede/files/v1/files.js';
export * from './generated/ganymede/messages/v1/messages.js';
export * from './google-rpc.js';
export * from './message-codec.js';
export * from './service-definition.js';
export * from './violation.js';
