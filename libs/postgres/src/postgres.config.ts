import { type ConfigOf, defineConfig, duration, url } from '@app/config';
import { z } from 'zod';

export const postgresConfig = defineConfig('postgres', {
  schema: z.object({
    /** Where the server is, as whom, and which database. */
    url: url({ protocols: ['postgres', 'postgresql'] }),
    /**
     * The same server, reached without the pooler that `url` leads to: for migrations, notifications and advisory
     * locks, which need a session of their own. Absent: `url` leads to the server itself.
     */
    directUrl: url({ protocols: ['postgres', 'postgresql'] }).optional(),
    /** Copies of the server that follow it, for reads that may be a little behind. */
    replicas: z.array(url({ protocols: ['postgres', 'postgresql'] })).default([]),
    /** The schema that this app owns; the search path of its connections, and their `application_name`. */
    schema: z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/, { error: 'a lower-case name such as grpc_server' }),
    /** Most connections that one process holds to a server, beside one for the readiness check. */
    poolSize: z.number().int().min(1).max(500).default(10),
    /** How long opening a connection may take. */
    connectTimeout: duration().prefault('5s'),
    /** How long work may wait for a connection when all are busy, if its deadline lets it; then it fails. */
    acquireTimeout: duration().prefault('5s'),
    /** When the server gives up a statement, and we give up the server; a context's deadline may come first. */
    statementTimeout: duration().prefault('30s'),
    /** When the server ends a session that holds a transaction open and does nothing. */
    idleInTransactionTimeout: duration().prefault('30s'),
    /** A statement that takes longer is logged, without its parameters. */
    slowQuery: duration().prefault('500ms'),
  }),
  reloadable: ['slowQuery'],
});

export type PostgresConfig = ConfigOf<typeof postgresConfig>;
