import type { Channel, ConsumeMessage } from 'amqplib';

/** A frame as amqplib decodes it. A header frame has the size of the message; a body frame has content. */
interface Frame {
  readonly size?: number;
  readonly fields?: object;
  readonly content?: Buffer;
}

/** A method of amqplib's channels that its types do not declare. */
interface FrameAcceptor {
  accept(frame: Frame): void;
}

/** Sizes, by the properties object of the message. amqplib passes this object on, and no sender can forge an entry. */
const sizes = new WeakMap<object, number>();

/**
 * Limits the size of message bodies on a channel. amqplib collects the whole body before it delivers a message, however
 * large it is. But the header frame states the size first: a message beyond `maxSize` is delivered at once without its
 * body, and its body frames are dropped when they arrive.
 *
 * @see https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf 4.2.6
 * @param maxSize returns the limit in bytes; called for each message
 */
export function limitBodies(channel: Channel, maxSize: () => number): void {
  const acceptor = channel as unknown as FrameAcceptor;
  const accept = acceptor.accept.bind(channel);
  let dropping = 0;
  acceptor.accept = (frame) => {
    if (frame.content && dropping > 0) {
      dropping -= frame.content.length;
    } else if (frame.size !== undefined && frame.fields && frame.size > maxSize()) {
      dropping = frame.size;
      sizes.set(frame.fields, frame.size);
      accept({ ...frame, size: 0 });
    } else {
      accept(frame);
    }
  };
}

/** The size in bytes of a message whose body was dropped; undefined for a complete message. */
export function droppedSizeOf({ properties }: ConsumeMessage): number | undefined {
  return sizes.get(properties);
}
