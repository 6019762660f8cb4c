export { bootstrap } from './bootstrap.js';
export {
  type BootstrapOptions,
  configOf,
  prepareApplication,
  type PreparedApplication,
  startApplication,
} from './application.js';
export type { DoorName } from './doors.js';
