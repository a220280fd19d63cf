import { memoize } from '../../lib/memo/memoize.ts';
import type { Queries } from './queries.ts';

/** A query that runs, and the one that those who asked meanwhile wait for. */
interface Round<Answer> {
  next: PromiseWithResolvers<Answer> | undefined;
}

/**
 * Lets equal questions that wait at the same time share a query. One that is asked while an equal one runs waits for the next, which begins
 * after it was asked: no answer is older than its question. Others do not wait for it. Answers are shared, so nobody may change them. Inside
 * a transaction nothing is shared.
 */
export function shared<Db extends Queries, Question, Answer>(
  keyOf: (question: Question) => string,
  ask: (db: Db, question: Question) => Promise<Answer>,
): (db: Db, question: Question) => Promise<Answer> {
  const roundsOf = memoize((_: Db) => new Map<string, Round<Answer>>());
  return async (db, question) => {
    if (db.isTransaction) return await ask(db, question);
    const rounds = roundsOf(db);
    const key = keyOf(question);
    const running = rounds.get(key);
    if (running) return await (running.next ??= Promise.withResolvers<Answer>()).promise;
    const first = Promise.withResolvers<Answer>();
    void runRounds(rounds, key, first, () => ask(db, question));
    return await first.promise;
  };
}

async function runRounds<Answer>(
  rounds: Map<string, Round<Answer>>,
  key: string,
  first: PromiseWithResolvers<Answer>,
  ask: () => Promise<Answer>,
): Promise<void> {
  for (let waiting: PromiseWithResolvers<Answer> | undefined = first; waiting; ) {
    const round: Round<Answer> = { next: undefined };
    rounds.set(key, round);
    await ask().then(waiting.resolve, waiting.reject);
    waiting = round.next;
  }
  rounds.delete(key);
}
