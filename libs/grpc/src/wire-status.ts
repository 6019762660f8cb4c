import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';

/** What a server sends at the end of a call. */
export type WireStatus = Parameters<ServerInterceptingCallInterface['sendStatus']>[0];
