import type { Channel, ConsumeMessage } from 'amqplib';

/** A frame as amqplib decodes it: the header frame of a message has its size, a body frame has content. */
interface Frame {
  readonly size?: number;
  readonly fields?: object;
  readonly content?: Buffer;
}

/** A member of amqplib's channels that its types do not declare. */
interface FrameAcceptor {
  accept(frame: Frame): void;
}

/** Sizes by the properties of the message, which amqplib hands on as they are; no sender can forge an entry. */
const sizes = new WeakMap<object, number>();

/**
 * amqplib collects the body of a message before anybody sees it, however large it is. The header frame says the size
 * beforehand: on a limited channel a message beyond `maxSize` is delivered at once without its body, and the frames of
 * its body are dropped as they come.
 *
 * @see https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf 4.2.6
 * @param maxSize in bytes, asked for each message
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

/** The size in bytes of a message whose body was dropped; undefined for one that came whole. */
export function droppedSizeOf({ properties }: ConsumeMessage): number | undefined {
  return sizes.get(properties);
}
