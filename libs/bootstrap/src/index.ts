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
export type { DoorName } from './doors.js';
export type { RemoteSource } from './remote-sources.js';
