export { bootstrap } from './bootstrap.js';
export {
  type AppConfigReading,
  type BootstrapOptions,
  configOf,
  prepareApplication,
  type PreparedApplication,
  startApplication,
} from './application.js';
export { type ManagementConfig, managementConfig } from './bootstrap.config.js';
export type { TransportName } from './transports.js';
export type { RemoteSource } from './remote-sources.js';
