/**
 * A service of `grpc.health.v1` that is served as long as the process answers, whatever it depends on: for liveness
 * probes, as Kubernetes has them, and for those who ask whether a server is there at all.
 */
export const LIVENESS_SERVICE = 'liveness';
