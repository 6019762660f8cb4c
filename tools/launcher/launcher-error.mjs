/** An expected failure of the launcher. Only its message is shown, because a stack trace would hide it. */
export class LauncherError extends Error {
  /**
   * @param {string} message
   * @param {number} [exitCode]
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
