import {
  type Comment,
  CommentsServiceDefinition,
  type CommentsServiceImplementation,
  type ValidListCommentsRequest,
  type ListCommentsResponse,
  type ValidPostCommentRequest,
} from '@app/contracts';
import { GrpcService } from '@app/grpc';
import { Controller } from '@nestjs/common';
import { CommentsService } from './comments.service.js';

@Controller()
@GrpcService(CommentsServiceDefinition)
export class CommentsController implements CommentsServiceImplementation {
  constructor(private readonly comments: CommentsService) {}

  list(request: ValidListCommentsRequest): Promise<ListCommentsResponse> {
    return this.comments.list(request);
  }

  post(request: ValidPostCommentRequest): Promise<Comment> {
    return this.comments.post(request);
  }
}
