import type { MethodDefinition, ServiceDefinition } from '@app/contracts';
import { UseFilters } from '@nestjs/common';
import { GrpcMethodStreamingType, MessagePattern, Transport } from '@nestjs/microservices';
import { GrpcErrorFilter } from './grpc-error.filter.js';

/** @publicApi */
export interface GrpcServiceOptions<Name extends string = string> {
  /**
   * Streams that never end by themselves (`watch`). A stopping server ends them at once, without waiting
   * `grpc.stream_grace`.
   * @default none
   */
  endless?: readonly Name[];
  /**
   * Whether calls that succeed have neither an access line nor a span. For probes, which come every few seconds.
   * @default false
   */
  quiet?: boolean;
}

/** The pattern of a handler, as Nest's gRPC server looks it up. */
export function patternOf(service: ServiceDefinition, method: MethodDefinition) {
  const streaming = method.requestStream
    ? GrpcMethodStreamingType.RX_STREAMING
    : GrpcMethodStreamingType.NO_STREAMING;
  return { service: service.fullName, rpc: method.name, streaming };
}

/**
 * Serves a service of the proto files: each method of the class answers the rpc of the same name.
 *
 *     @Controller()
 *     @GrpcService(CountersServiceDefinition)
 *     export class CountersController implements CountersServiceImplementation { … }
 */
export function GrpcService<Service extends ServiceDefinition>(
  service: Service,
  options: GrpcServiceOptions<keyof Service['methods'] & string> = {},
): ClassDecorator {
  return (target) => {
    UseFilters(GrpcErrorFilter)(target);
    for (const [name, method] of Object.entries(service.methods)) {
      const descriptor = Object.getOwnPropertyDescriptor(target.prototype, name);
      if (!descriptor) {
        throw new Error(
          `${target.name} does not implement ${service.name}.${method.name}; add a method "${name}".`,
        );
      }
      MessagePattern(patternOf(service, method), Transport.GRPC, { service, options })(
        target.prototype,
        name,
        descriptor,
      );
    }
  };
}
