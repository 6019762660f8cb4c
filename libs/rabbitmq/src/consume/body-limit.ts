import type { Channel, ConsumeMessage } from 'amqplib';

/** A decoded frame of amqplib. A header frame has the size of the message; a body frame has content. */
interface Frame {
  readonly size?: number;
  readonly fields?: object;
  readonly content?: Buffer;
}

/** A method of amqplib's channels that its types do not declare. */
interface FrameAcceptor {
  accept(frame: Frame): void;
}

/**
 * The sizes of messages whose body was dropped, by their `properties` object. amqplib delivers the same object. A size
 * in the headers of the message could be forged by its sender.
 */
const droppedSizes = new WeakMap<object, number>();

/**
 * Limits the size of message bodies on a channel. amqplib collects the whole body before it delivers a message,
 * whatever its size. The header frame states the size first. So this function delivers a message beyond `maxSize` at
 * once without its body, and drops its body frames when they arrive.
 *
 * @see https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf 4.2.6
 * @param maxSize returns the limit in bytes; called for each message
 */
export function limitBodies(channel: Channel, maxSize: () => number): void {
  const acceptor = channel as unknown as FrameAcceptor;
  const accept = acceptor.accept.bind(channel);
  let bytesToDrop = 0;
  acceptor.accept = (frame) => {
    if (frame.content && bytesToDrop > 0) {
      bytesToDrop -= frame.content.length;
    } else if (frame.size !== undefined && frame.fields && frame.size > maxSize()) {
      bytesToDrop = frame.size;
      droppedSizes.set(frame.fields, frame.size);
      accept({ ...frame, size: 0 });
    } else {
      accept(frame);
    }
  };
}

/** The size in bytes of a message whose body was dropped; undefined for a complete message. */
export function droppedSizeOf({ properties }: ConsumeMessage): number | undefined {
  return droppedSizes.get(properties);
}
