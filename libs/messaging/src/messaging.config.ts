import { type ConfigOf, defineConfig, duration, size } from '@app/config';
import { z } from 'zod';

const schemaName = z
  .string()
  .regex(/^[a-z_][a-z0-9_]*$/, { error: 'the name of a schema, such as grpc_server' });

export const messagingConfig = defineConfig('messaging', {
  schema: z.object({
    /** Messages of one queue that an instance handles at once, unless `@Consume` sets it. */
    concurrency: z.number().int().min(1).max(1_000).default(10),
    /** How long one attempt at a message may take, unless `@Consume` sets it. */
    handlerTimeout: duration({ min: '1ms' }).prefault('30s'),
    /** The least time for an attempt, even if `@Consume` sets less; for the debug profile. */
    minHandlerTimeout: duration().optional(),
    /**
     * A publisher rejects a larger message, and a consumer does not read it. It must not be larger than the broker's
     * own `max_message_size`.
     */
    maxMessageSize: size().prefault('8MiB'),
    /**
     * How long the inbox records that a message had its effect. It must be longer than a copy can stay in a queue:
     * longer than the retry ladder, and longer than consumers may be unavailable. A redelivery after this time would
     * have its effect again.
     */
    inboxRetention: duration({ min: '1h', max: '3650d' }).prefault('7d'),
    relay: z
      .strictObject({
        /** The schemas whose outbox the worker publishes, in addition to its own. */
        sources: z.array(schemaName).default(['grpc_server']),
        /** Events published in one transaction. */
        batchSize: z.number().int().min(1).max(10_000).default(1_000),
        /** How often the relay reads an outbox without a notification. */
        pollInterval: duration({ min: '1ms' }).prefault('1s'),
        /** The longest pause after failures in a row. */
        maxBackOff: duration().prefault('5s'),
      })
      .prefault({}),
  }),
  reloadable: ['handlerTimeout', 'minHandlerTimeout', 'inboxRetention'],
});

export type MessagingConfig = ConfigOf<typeof messagingConfig>;
