import { BaseRpcContext } from '@nestjs/microservices';
import type { IncomingMessage } from './incoming-message.js';

/** What `@Ctx()` gives to the handler of a batch, and `switchToRpc().getContext()` to guards and the like. */
export class BatchContext extends BaseRpcContext<[readonly IncomingMessage[]]> {
  /** The messages around the payloads, in their order. */
  get messages(): readonly IncomingMessage[] {
    return this.args[0];
  }
}
