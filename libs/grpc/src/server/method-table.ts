import type { ServiceDefinition } from '@app/contracts';
import type { CallMetrics } from '../grpc.metrics.js';
import type { GrpcServiceOptions } from '../grpc-service.decorator.js';
import { rpcSpan } from '../rpc.span.js';
import type { ServedMethod } from './served-method.js';
import { UNMATCHED } from './unserved-calls.js';

/** Every rpc of the server by its path, made once. */
export class MethodTable {
  private readonly methods = new Map<string, ServedMethod>();

  constructor(private readonly metrics: CallMetrics) {}

  /** Takes in the rpcs of a service of the app. */
  add(service: ServiceDefinition, { endless = [], quiet = false }: GrpcServiceOptions = {}): void {
    for (const [name, definition] of Object.entries(service.methods)) {
      const streaming = definition.requestStream || definition.responseStream;
      const basis = this.basis(definition.path, streaming);
      this.put({ ...basis, definition, endless: endless.includes(name), quiet });
    }
  }

  /** An rpc that no service of the app has serves the transport: health, reflection. Their streams have no end. */
  get(path: string, streaming: boolean): ServedMethod {
    return this.methods.get(path) ?? this.put(this.basis(path, streaming));
  }

  /** What is known of an rpc that somebody calls; all paths that no service has are one. */
  find(path: string): ServedMethod {
    return this.methods.get(path) ?? this.get(UNMATCHED, false);
  }

  private put(method: ServedMethod): ServedMethod {
    this.methods.set(method.path, method);
    return method;
  }

  private basis(path: string, streaming: boolean): ServedMethod {
    return {
      path,
      definition: undefined,
      streaming,
      endless: streaming,
      // What serves the transport itself is asked by probes.
      quiet: true,
      span: rpcSpan(path, 'server'),
      metrics: this.metrics.of(path),
    };
  }
}
