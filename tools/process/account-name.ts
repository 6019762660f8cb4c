import { userInfo } from 'node:os';

/** The name of the account that runs this process; undefined for a user id without one, as containers may have. */
export function accountName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
