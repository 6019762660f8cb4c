import { type ConfigOf, defineConfig, duration, url } from '@app/config';
import { z } from 'zod';

export const postgresConfig = defineConfig('postgres', {
  schema: z.object({
    /** Address of the server, user, password and database. */
    url: url({ protocols: ['postgres', 'postgresql'] }),
    /**
     * The same server without the pooler that `url` points to. Migrations, notifications and advisory locks use it,
     * because they need a session of their own. Absent: `url` points to the server itself.
     */
    directUrl: url({ protocols: ['postgres', 'postgresql'] }).optional(),
    /** Read replicas, for reads that may be slightly behind. */
    replicas: z.array(url({ protocols: ['postgres', 'postgresql'] })).default([]),
    /** The schema that this app owns. It is the search path of its connections and their `application_name`. */
    schema: z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/, { error: 'a lower-case name such as grpc_server' }),
    /** Maximum of connections that one process holds to a server, in addition to one for the readiness check. */
    poolSize: z.number().int().min(1).max(500).default(10),
    /** How long opening a connection may take. */
    connectTimeout: duration().prefault('5s'),
    /**
     * How long work waits for a connection when all are busy; the deadline of the work may end the wait earlier.
     * Then it fails.
     */
    acquireTimeout: duration().prefault('5s'),
    /**
     * Time limit of a statement. The server cancels the statement, and the app closes the connection when the
     * server does not. The deadline of a context may come first.
     */
    statementTimeout: duration().prefault('30s'),
    /** The server ends a session that keeps a transaction open for this long without a statement. */
    idleInTransactionTimeout: duration().prefault('30s'),
    /** A statement that takes longer is logged, without its parameters. */
    slowQuery: duration().prefault('500ms'),
  }),
  reloadable: ['slowQuery'],
});

export type PostgresConfig = ConfigOf<typeof postgresConfig>;
