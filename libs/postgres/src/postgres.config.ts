import { type ConfigOf, defineConfig, duration, url } from '@app/config';
import { z } from 'zod';

export const postgresConfig = defineConfig('postgres', {
  schema: z.object({
    /** Where the server is, as whom, and which database. */
    url: url({ protocols: ['postgres', 'postgresql'] }),
    /** The schema that this app owns; the search path of its connections, and their `application_name`. */
    schema: z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/, { error: 'a lower-case name such as grpc_server' }),
    /** Most connections that one process holds, beside one for the readiness check. */
    poolSize: z.number().int().min(1).max(500).default(10),
    /** How long opening a connection may take. */
    connectTimeout: duration().prefault('5s'),
    /** How long work may wait for a connection when all are busy; then it fails as unavailable. */
    acquireTimeout: duration().prefault('5s'),
    /** When the server gives up a statement. */
    statementTimeout: duration().prefault('30s'),
    /** When the server ends a session that holds a transaction open and does nothing. */
    idleInTransactionTimeout: duration().prefault('30s'),
    /** A statement that takes longer is logged, without its parameters; none is when this is absent. */
    slowQuery: duration().optional(),
  }),
});

export type PostgresConfig = ConfigOf<typeof postgresConfig>;
