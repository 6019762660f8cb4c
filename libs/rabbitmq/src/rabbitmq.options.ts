/** @publicApi */
export interface RabbitMqOptions {
  /**
   * Whether the app needs the broker. If so, its start waits for the broker and its readiness depends on it. Otherwise
   * it connects in the background, and a missing broker makes it degraded. @default true
   */
  needed?: boolean;
}

export const RABBITMQ_OPTIONS = Symbol('rabbitmq options');
