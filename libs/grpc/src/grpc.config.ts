import { type ConfigOf, defineConfig, duration, host, size } from '@app/config';
import { z } from 'zod';
import { target } from './client/target.js';
import { clientTls, serverTls } from './tls/tls.schema.js';

/** The server's side: one port per app. */
export const grpcConfig = defineConfig('grpc', {
  schema: z.object({
    /** The default accepts connections from this machine only. */
    host: host().prefault('127.0.0.1'),
    port: z.number().int().min(0).max(65535),
    /** Largest message that the server receives or sends. */
    maxMessageSize: size().prefault('4MiB'),
    /** Largest metadata of a call that the server accepts, as HTTP/2 counts it. */
    maxMetadataSize: size().prefault('16KiB'),
    /** How long open streams may continue once the server accepts no new calls. Then the server ends them. */
    streamGrace: duration().prefault('10s'),
    /** Whether server reflection is on, so that tools can list the services. */
    reflection: z.boolean().default(false),
    /** How often a silent connection is pinged, and how long the reply may take. */
    keepaliveTime: duration({ min: '100ms' }).prefault('30s'),
    keepaliveTimeout: duration().prefault('5s'),
    /**
     * The age, ± 10 %, at which the server sends GOAWAY on a connection, so that the client reconnects and finds new
     * instances. Unset: never.
     */
    maxConnectionAge: duration({ min: '1s', max: '21d' }).optional(),
    /** How long the calls of such a connection may continue. Unset: until they end. */
    maxConnectionAgeGrace: duration().optional(),
    /**
     * How many streams the client of a connection may reset at once, and per second after that. A client that gives up
     * a call resets its stream. Beyond the limit HTTP/2 closes the connection, with every call on it.
     */
    streamResetBurst: z.number().int().positive().default(10_000),
    streamResetRate: z.number().int().positive().default(1_000),
    tls: serverTls.optional(),
  }),
});

export type GrpcConfig = ConfigOf<typeof grpcConfig>;

/** The clients' side: the addresses of the other apps. */
export const upstreamsConfig = defineConfig('upstreams', {
  schema: z.record(
    z.string(),
    z.strictObject({
      /**
       * In gRPC's notation: `host:port`, `[::1]:port`, `dns:///name:port`, or `ipv4:10.0.0.1:port,10.0.0.2:port` to
       * balance over several.
       */
      address: target(),
      /** The longest duration of one attempt. The caller's own deadline may shorten it. */
      timeout: duration({ min: '1ms' }).prefault('5s'),
      /**
       * How long calls wait for a connection, within their own deadlines. Counts from the loss of the last connection or
       * the first attempt to connect. After it, calls fail at once until there is a connection. `0s`: they never wait.
       */
      connectWait: duration().prefault('10s'),
      /** Largest message that the client sends or receives. */
      maxMessageSize: size().prefault('4MiB'),
      /**
       * How often a connection with calls on it is pinged, and how long the reply may take. The client closes the
       * connection to a peer that hangs after both.
       */
      keepaliveTime: duration({ min: '100ms' }).prefault('500ms'),
      keepaliveTimeout: duration().prefault('1s'),
      tls: clientTls.optional(),
    }),
  ),
});

export type UpstreamConfig = ConfigOf<typeof upstreamsConfig>[string];
