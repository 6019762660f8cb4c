import { BaseRpcContext } from '@nestjs/microservices';
import type { IncomingMessage } from './incoming-message.js';

/** The context of a batch: from `@Ctx()` in a handler, from `switchToRpc().getContext()` in guards and the like. */
export class BatchContext extends BaseRpcContext<[readonly IncomingMessage[]]> {
  /** The messages of the payloads, in the same order. */
  get messages(): readonly IncomingMessage[] {
    return this.args[0];
  }
}
