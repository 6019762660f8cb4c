import { BaseRpcContext } from '@nestjs/microservices';
import type { IncomingMessage } from './incoming-message.js';

/** The context of a message: from `@Ctx()` in a handler, from `switchToRpc().getContext()` in guards and filters. */
export class MessageContext extends BaseRpcContext<[IncomingMessage]> {
  /** The message of the payload: id, type, attempt, headers. */
  get message(): IncomingMessage {
    return this.args[0];
  }
}
