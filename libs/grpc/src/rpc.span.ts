import type { SpanKind, SpanOptions } from '@app/telemetry';

/** The name and the options of the spans of one rpc. All its calls share them. */
export interface RpcSpan {
  name: string;
  options: SpanOptions;
}

/** @param path as on the wire: `/ganymede.counters.v1.CountersService/Increment` */
export function rpcSpan(path: string, kind: SpanKind): RpcSpan {
  const name = path.slice(1);
  const [service, method] = name.split('/');
  return {
    name,
    options: { kind, attributes: { 'rpc.system': 'grpc', 'rpc.service': service, 'rpc.method': method } },
  };
}
