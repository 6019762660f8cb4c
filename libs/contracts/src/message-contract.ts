import type { MessageCodec } from './message-codec.js';
import type { Validator } from './violation.js';

/**
 * A message that is sent as an event: its codec and its validation rules. The generator writes `XContract` for each
 * message X that no rpc and no other message uses.
 */
export interface MessageContract<Message = unknown, Valid extends Message = Message> {
  readonly codec: MessageCodec<Message>;
  readonly validate: Validator<Message>;
  /** Never set. It carries the type of a message that `validate` accepts. */
  readonly accepted?: Valid;
}
