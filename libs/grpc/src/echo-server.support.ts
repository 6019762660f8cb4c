import { type EchoRequest, type EchoResponse, EchoServiceDefinition } from '@app/contracts';
import { type sendUnaryData, Server, ServerCredentials } from '@grpc/grpc-js';
import { toBuffer } from './message-bytes.js';

const { echo } = EchoServiceDefinition.methods;

export const ANSWER: EchoResponse = { outcome: { $case: 'item', value: { key: 'answer', count: 1 } } };

/** Answers every call unless a test changes its behaviour, and counts the calls. */
export class EchoServer {
  calls = 0;
  answer = (reply: sendUnaryData<EchoResponse>): void => reply(null, ANSWER);
  private server = new Server();

  async listen(port: number): Promise<void> {
    this.server = new Server();
    this.server.addService(
      {
        echo: {
          path: echo.path,
          requestStream: false,
          responseStream: false,
          requestSerialize: (message: EchoRequest) => toBuffer(echo.request, message),
          requestDeserialize: (bytes: Buffer) => echo.request.decode(bytes),
          responseSerialize: (message: EchoResponse) => toBuffer(echo.response, message),
          responseDeserialize: (bytes: Buffer) => echo.response.decode(bytes),
        },
      },
      {
        echo: (_: unknown, reply: sendUnaryData<EchoResponse>) => {
          this.calls += 1;
          this.answer(reply);
        },
      },
    );
    await new Promise<void>((resolve, reject) =>
      this.server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error) =>
        error ? reject(error) : resolve(),
      ),
    );
  }

  /** Has the effect of SIGKILL: connections break, and the port refuses new ones. */
  kill(): void {
    this.server.forceShutdown();
  }
}
