import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Consumes, createHttpAdapter, httpConfig, httpTransport, HttpModule } from '@app/http';
import { AccessLog } from '@app/logging';
import {
  Body,
  Controller,
  Delete,
  Get,
  type INestApplication,
  NotFoundException,
  Post,
  Query,
} from '@nestjs/common';
import { expect, jest } from '@jest/globals';
import { z } from 'zod';
import { given } from './given.js';
import { type PipelinedReply, RawConnection } from '../network/raw-connection.js';

const ran: string[] = [];

@Controller()
class Orders {
  @Get('slow')
  async slow(@Query('ms') ms: string): Promise<string> {
    await delay(Number(ms));
    return 'slow';
  }

  @Get('orders/:id')
  get(): string {
    throw new NotFoundException();
  }

  @Delete('orders/:id')
  remove(): string {
    ran.push('remove');
    return 'removed';
  }

  @Post('orders')
  place(@Body({ schema: z.strictObject({ id: z.string() }) }) { id }: { id: string }): string {
    ran.push(id);
    return id;
  }

  @Post('ticks')
  tick(): string {
    ran.push('tick');
    return 'tick';
  }

  @Post('forms')
  @Consumes('multipart/form-data')
  form(): string {
    ran.push('form');
    return 'form';
  }
}

/** An HTTP server inside the test with a few routes. A test sends raw bytes to it. */
export class OrdersServer {
  /** The handlers that have run, in order. */
  readonly ran = ran;
  /** Lines of the access log, each with the client of its request. */
  readonly lines: Record<string, unknown>[] = [];

  private constructor(
    readonly app: INestApplication,
    readonly port: number,
  ) {
    jest
      .spyOn(app.get(AccessLog), 'write')
      .mockImplementation((fields, { client }) => void this.lines.push({ ...fields, client }));
  }

  /** @param settings of the section `http`, as its schema reads them */
  static async start(settings: Record<string, unknown> = {}): Promise<OrdersServer> {
    const environment = Object.entries(settings).map(([key, value]) => [
      `APP__HTTP__${key.replace(/[A-Z]/g, '_$&').toUpperCase()}`,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    const app = await given
      .app('gateway')
      .with(HttpModule)
      .controlledBy(Orders)
      .through(createHttpAdapter(httpConfig.schema.parse({ port: 0, ...settings })))
      .configured({
        APP__HTTP__PORT: '0',
        APP__HTTP__HOST: '127.0.0.1',
        ...(Object.fromEntries(environment) as Record<string, string>),
      })
      .serving(httpTransport);
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    return new OrdersServer(app, port);
  }

  forget(): void {
    ran.length = 0;
    this.lines.length = 0;
  }

  /** Sends bytes after which the server closes the connection. Returns all replies. */
  exchange(...bytes: string[]): Promise<PipelinedReply[]> {
    return RawConnection.exchange(this.port, ...bytes);
  }

  /** Sends bytes after which the server closes the connection. Returns the one reply. */
  async replyTo(...bytes: string[]): Promise<PipelinedReply> {
    const [reply, ...more] = await this.exchange(...bytes);
    if (!reply || more.length > 0) throw new Error(`${more.length + Number(!!reply)} replies came, not one`);
    return reply;
  }
}

const HOST = 'host: a\r\n';
export const CLOSE = 'connection: close\r\n';
export const JSON_TYPE = 'content-type: application/json\r\n';

/** The bytes of a request; each header ends with CRLF. */
export function bytesOf(start: string, headers = '', body = ''): string {
  return `${start} HTTP/1.1\r\n${HOST}${headers}\r\n${body}`;
}

export const get = (path: string, headers = ''): string => bytesOf(`GET ${path}`, headers);

export const post = (path: string, headers: string, body = ''): string =>
  bytesOf(`POST ${path}`, headers, body);

/** An order that runs as `id`. */
export function order(id: string, headers = ''): string {
  const body = JSON.stringify({ id });
  return post('/orders', `${JSON_TYPE}content-length: ${body.length}\r\n${headers}`, body);
}

/** Expects the error format of the project. */
export function expectRefusal(reply: PipelinedReply | undefined, code: number, reason: string): void {
  expect([reply?.status, reply?.headers['content-type']]).toEqual([code, 'application/json; charset=utf-8']);
  const shape = { message: expect.any(String), trace_id: expect.stringMatching(/^[\da-f]{32}$/) };
  expect(JSON.parse(reply?.body ?? '')).toMatchObject({ code, reason, ...shape });
}
