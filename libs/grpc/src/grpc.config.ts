import { type ConfigOf, defineConfig, duration, host, size } from '@app/config';
import { z } from 'zod';
import { target } from './client/target.js';
import { clientTls, serverTls } from './tls/tls.schema.js';

/** The server's side: one port per app. */
export const grpcConfig = defineConfig('grpc', {
  schema: z.object({
    /** Where nobody says it, only this machine reaches the app. */
    host: host().prefault('127.0.0.1'),
    port: z.number().int().min(0).max(65535),
    /** Largest message that is taken in or sent. */
    maxMessageSize: size().prefault('4MiB'),
    /** Largest metadata of a call that is taken in, as HTTP/2 counts it. */
    maxMetadataSize: size().prefault('16KiB'),
    /** How long streams may go on once the intake has stopped; then they are ended. */
    streamGrace: duration().prefault('10s'),
    /** Whether tools may ask what is served (server reflection). */
    reflection: z.boolean().default(false),
    /** How often a silent connection is pinged, and how long an answer may take. */
    keepaliveTime: duration({ min: '100ms' }).prefault('30s'),
    keepaliveTimeout: duration().prefault('5s'),
    /** After which time, give or take a tenth, a client is told to connect anew, so that it finds new instances; none: never. */
    maxConnectionAge: duration({ min: '1s', max: '21d' }).optional(),
    /** How long its calls may go on after that; none: until they end. */
    maxConnectionAgeGrace: duration().optional(),
    /**
     * How many streams a connection may reset at once and then in a second: a client that gives a call up resets its
     * stream. One beyond that breaks the connection, with every call on it.
     */
    streamResetBurst: z.number().int().positive().default(10_000),
    streamResetRate: z.number().int().positive().default(1_000),
    tls: serverTls.optional(),
  }),
});

export type GrpcConfig = ConfigOf<typeof grpcConfig>;

/** The clients' side: where the other apps are. */
export const upstreamsConfig = defineConfig('upstreams', {
  schema: z.record(
    z.string(),
    z.strictObject({
      /**
       * In gRPC's notation: `host:port`, `[::1]:port`, `dns:///name:port`, or `ipv4:10.0.0.1:port,10.0.0.2:port` to
       * balance over several.
       */
      address: target(),
      /** The most that one call may take; the caller's own deadline shortens it. */
      timeout: duration({ min: '1ms' }).prefault('5s'),
      /**
       * How long calls wait for a connection after the last one was lost or the first one was begun; within their own
       * deadlines. Then they fail at once until there is a connection. `0s`: they never wait.
       */
      connectWait: duration().prefault('10s'),
      /** Largest message that is sent or taken in. */
      maxMessageSize: size().prefault('4MiB'),
      /** How often a connection with calls on it is pinged, and how long the answer may take: a peer that hangs is left after both. */
      keepaliveTime: duration({ min: '100ms' }).prefault('500ms'),
      keepaliveTimeout: duration().prefault('1s'),
      tls: clientTls.optional(),
    }),
  ),
});

export type UpstreamConfig = ConfigOf<typeof upstreamsConfig>[string];
