import { type ConfigOf, defineConfig, duration, size } from '@app/config';
import { z } from 'zod';

const schemaName = z
  .string()
  .regex(/^[a-z_][a-z0-9_]*$/, { error: 'the name of a schema, such as grpc_server' });

export const messagingConfig = defineConfig('messaging', {
  schema: z.object({
    /** Messages of one queue that an instance handles at once, where `@Consume` does not say. */
    concurrency: z.number().int().min(1).max(1_000).default(10),
    /** How long one attempt at a message may take, where `@Consume` does not say. */
    handlerTimeout: duration({ min: '1ms' }).prefault('30s'),
    /** What an attempt has at least, whatever `@Consume` says; for the debug profile. */
    minHandlerTimeout: duration().optional(),
    /**
     * A larger message is refused where it is made, and not read where it comes in; not more than the broker's own
     * `max_message_size`.
     */
    maxMessageSize: size().prefault('8MiB'),
    /**
     * How long it is known that a message had its effect. Longer than any copy of it may lie in a queue: than its
     * ladder, and than consumers may be unavailable. A redelivery after it would have its effect again.
     */
    inboxRetention: duration({ min: '1h', max: '3650d' }).prefault('7d'),
    relay: z
      .strictObject({
        /** The schemas whose outbox the worker publishes, beside its own. */
        sources: z.array(schemaName).default(['grpc_server']),
        /** Events published in one transaction. */
        batchSize: z.number().int().min(1).max(10_000).default(1_000),
        /** How often an outbox is looked into when nobody says that it has something. */
        pollInterval: duration({ min: '1ms' }).prefault('1s'),
        /** The longest pause after failures in a row. */
        maxBackOff: duration().prefault('5s'),
      })
      .prefault({}),
  }),
  reloadable: ['handlerTimeout', 'minHandlerTimeout', 'inboxRetention'],
});

export type MessagingConfig = ConfigOf<typeof messagingConfig>;
