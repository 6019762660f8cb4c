import { BooksServiceDefinition, CommentsServiceDefinition } from '@app/contracts';
import { EdgeModule } from '@app/edge';
import { Module } from '@nestjs/common';

@Module({
  imports: [EdgeModule.forFeature('grpc-server', BooksServiceDefinition, CommentsServiceDefinition)],
})
export class BooksModule {}
