/** The parts of a reply that the generator reads. */
export interface Reply {
  status: number;
  body: string;
}

const HEAD_END = '\r\n\r\n';

/**
 * Reads HTTP/1.1 replies with a `Content-Length` from the chunks of one connection, one at a time. Nearly every chunk
 * is one complete reply. A general parser would cost more than the rest of the generator.
 */
export class ReplyReader {
  private text = '';

  /** @returns the reply that this chunk completes; undefined while a part is missing */
  read(chunk: Buffer): Reply | undefined {
    const text = this.text + chunk.toString('latin1');
    const headEnd = text.indexOf(HEAD_END);
    if (headEnd < 0) return this.wait(text);
    const head = text.slice(0, headEnd);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head);
    if (!length) throw new Error(`The reply has no Content-Length, which this generator needs: ${head}`);
    const bodyStart = headEnd + HEAD_END.length;
    const end = bodyStart + Number(length[1]);
    if (text.length < end) return this.wait(text);
    if (text.length > end) throw new Error('There is more than one reply to one request.');
    this.text = '';
    return { status: Number(head.slice(9, 12)), body: text.slice(bodyStart) };
  }

  private wait(text: string): undefined {
    this.text = text;
    return undefined;
  }
}
