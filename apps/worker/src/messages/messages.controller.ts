import {
  type GetMessageStatusRequest,
  type GetMessageStatusResponse,
  MessagesServiceDefinition,
  type MessagesServiceImplementation,
  type PurgeMessagesResponse,
  type ValidPurgeMessagesRequest,
} from '@app/contracts';
import { GrpcService } from '@app/grpc';
import { Controller } from '@nestjs/common';
import { MessagesService } from './messages.service.js';

@Controller()
@GrpcService(MessagesServiceDefinition)
export class MessagesController implements MessagesServiceImplementation {
  constructor(private readonly messages: MessagesService) {}

  getStatus({ messageId }: GetMessageStatusRequest): Promise<GetMessageStatusResponse> {
    return this.messages.status(messageId);
  }

  async purge(request: ValidPurgeMessagesRequest): Promise<PurgeMessagesResponse> {
    return { purged: await this.messages.purge(request) };
  }
}
