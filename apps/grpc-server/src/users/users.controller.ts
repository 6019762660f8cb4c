import {
  type CreateUserRequest,
  type DeleteUserRequest,
  type GetUserRequest,
  type ListUsersRequest,
  type ListUsersResponse,
  type UpdateUserRequest,
  type User,
  UsersServiceDefinition,
  type UsersServiceImplementation,
} from '@app/contracts';
import { GrpcService } from '@app/grpc';
import { Controller } from '@nestjs/common';
import { UsersService } from './users.service.js';

@Controller()
@GrpcService(UsersServiceDefinition)
export class UsersController implements UsersServiceImplementation {
  constructor(private readonly users: UsersService) {}

  create(request: CreateUserRequest): Promise<User> {
    return this.users.create(request);
  }

  get({ id }: GetUserRequest): Promise<User> {
    return this.users.get(id);
  }

  list(request: ListUsersRequest): Promise<ListUsersResponse> {
    return this.users.list(request);
  }

  update(request: UpdateUserRequest): Promise<User> {
    return this.users.update(request);
  }

  delete(request: DeleteUserRequest): Promise<User> {
    return this.users.remove(request);
  }
}
