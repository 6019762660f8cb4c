import type { LoadResult } from './load-result.js';
import { LoadSession } from './load-session.js';
import type { RequestPlan } from './request-plan.js';

/** A request to the process of the generator. */
export type GeneratorCall =
  | { call: 'open'; session: number; plan: RequestPlan }
  | { call: 'run'; session: number; requests: number }
  | { call: 'close'; session: number };

/** Its reply; one reply for each call, in order. */
export type GeneratorAnswer = { result?: LoadResult; failure?: string };

const sessions = new Map<number, LoadSession>();

process.on('message', (message) => {
  answer(message as GeneratorCall).then(
    (result) => process.send?.({ result } satisfies GeneratorAnswer),
    (error: unknown) => process.send?.({ failure: String(error) } satisfies GeneratorAnswer),
  );
});
process.on('disconnect', () => process.exit());

async function answer(message: GeneratorCall): Promise<LoadResult | undefined> {
  if (message.call === 'open') {
    const session = new LoadSession(message.plan);
    sessions.set(message.session, session);
    await session.open();
    return undefined;
  }
  const session = sessions.get(message.session);
  if (!session) throw new Error(`There is no session ${message.session}.`);
  if (message.call === 'run') return session.run(message.requests);
  session.close();
  sessions.delete(message.session);
  return undefined;
}
