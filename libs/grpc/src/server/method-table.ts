import type { ServiceDefinition } from '@app/contracts';
import type { CallMetrics } from '../grpc.metrics.js';
import type { GrpcServiceOptions } from '../grpc-service.decorator.js';
import { rpcSpan } from '../rpc.span.js';
import type { ServedMethod } from './served-method.js';
import { UNMATCHED } from './unserved-calls.js';

/** Every rpc of the server by its path. */
export class MethodTable {
  private readonly methods = new Map<string, ServedMethod>();

  constructor(private readonly metrics: CallMetrics) {}

  /** Adds the rpcs of a service of the app. */
  add(service: ServiceDefinition, { endless = [], quiet = false }: GrpcServiceOptions = {}): void {
    for (const [name, definition] of Object.entries(service.methods)) {
      const streaming = definition.requestStream || definition.responseStream;
      const basis = this.basis(definition.path, streaming);
      this.put({ ...basis, definition, endless: endless.includes(name), quiet });
    }
  }

  /** An rpc that no service of the app has belongs to the transport: health, reflection. Its streams are endless. */
  get(path: string, streaming: boolean): ServedMethod {
    return this.methods.get(path) ?? this.put(this.basis(path, streaming));
  }

  /** The rpc that a client calls. All unknown paths share one entry. */
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
      // Health and reflection are mostly called by probes.
      quiet: true,
      span: rpcSpan(path, 'server'),
      metrics: this.metrics.of(path),
    };
  }
}
