import { userInfo } from 'node:os';

/** The name of the user that runs this process; undefined for a user id without an account. */
export function accountName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
