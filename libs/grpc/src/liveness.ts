/**
 * A service name of `grpc.health.v1` that is SERVING as long as the process answers, whatever the state of its
 * dependencies. For the liveness probes of Kubernetes, and for clients that only check whether a server is reachable.
 */
export const LIVENESS_SERVICE = 'liveness';
