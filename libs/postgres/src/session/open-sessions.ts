/** The part of a session that shutdown uses. */
interface GivenUpSession {
  giveUp(): void;
  once(event: 'end', listener: () => void): unknown;
}

/** The sessions of an app's pools. With it, shutdown does not wait for a server that does not reply. */
export class OpenSessions {
  private readonly all = new Set<GivenUpSession>();
  private givenUp = false;

  /** Whether the shutdown takes long. Then a new session has one second to connect. */
  get isGivenUp(): boolean {
    return this.givenUp;
  }

  add(session: GivenUpSession): void {
    this.all.add(session);
    session.once('end', () => this.all.delete(session));
    if (this.givenUp) session.giveUp();
  }

  /** Ends the running statements, and gives every later one a second. */
  giveUp(): void {
    this.givenUp = true;
    for (const session of this.all) session.giveUp();
  }
}
