/** @publicApi */
export interface RabbitMqOptions {
  /**
   * Whether the app is of no use without the broker: then its start waits for it and its readiness depends on it.
   * Otherwise it connects in the background and shows as degraded. @default true
   */
  needed?: boolean;
}

export const RABBITMQ_OPTIONS = Symbol('rabbitmq options');
