import { BaseRpcContext } from '@nestjs/microservices';
import type { IncomingMessage } from './incoming-message.js';

/** What `@Ctx()` gives to a handler, and `switchToRpc().getContext()` to guards, interceptors and filters. */
export class MessageContext extends BaseRpcContext<[IncomingMessage]> {
  /** The message around the payload: id, type, attempt, headers. */
  get message(): IncomingMessage {
    return this.args[0];
  }
}
