import type { Queries } from './queries.ts';
import { memoize } from '../../lib/memo/memoize.ts';

/** Questions in one query at most; those that come later go into the next. */
const MAX_QUESTIONS = 200;

/** Asks many questions of one kind at once; answers are in the order of the questions. */
export type AskMany<Db extends Queries, Question, Answer> = (db: Db, questions: readonly Question[]) => Promise<readonly Answer[]>;

/**
 * Makes a question for one out of a query for many: while one query is under way, the questions that come are gathered for the next, and
 * those that are the same are asked once. So a busy process asks in few and large queries, an idle one without delay; and since a
 * query begins after each of its questions, nobody gets an answer older than the question. In a transaction each asks for itself.
 */
export function together<Db extends Queries, Question, Answer>(
  keyOf: (question: Question) => string,
  askMany: AskMany<Db, Question, Answer>,
): (db: Db, question: Question) => Promise<Answer> {
  const gatheringAt = memoize((db: Db) => new Gathering(db, keyOf, askMany));
  return async (db, question) => {
    if (db.isTransaction) return answerOf(await askMany(db, [question]), 0);
    return await gatheringAt(db).ask(question);
  };
}

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly answer: PromiseWithResolvers<Answer>;
}

/** The questions to one database, of one kind. */
class Gathering<Db extends Queries, Question, Answer> {
  readonly #db: Db;
  readonly #keyOf: (question: Question) => string;
  readonly #askMany: AskMany<Db, Question, Answer>;
  readonly #waiting = new Map<string, Waiting<Question, Answer>>();
  #isAsking = false;

  constructor(db: Db, keyOf: (question: Question) => string, askMany: AskMany<Db, Question, Answer>) {
    this.#db = db;
    this.#keyOf = keyOf;
    this.#askMany = askMany;
  }

  ask(question: Question): Promise<Answer> {
    const key = this.#keyOf(question);
    const waiting = this.#waiting.get(key) ?? { question, answer: Promise.withResolvers<Answer>() };
    this.#waiting.set(key, waiting);
    if (!this.#isAsking) void this.#askAll();
    return waiting.answer.promise;
  }

  async #askAll(): Promise<void> {
    this.#isAsking = true;
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting].slice(0, MAX_QUESTIONS);
      for (const [key] of batch) this.#waiting.delete(key);
      await this.#answer(batch.map(([, waiting]) => waiting));
    }
    this.#isAsking = false;
  }

  async #answer(batch: readonly Waiting<Question, Answer>[]): Promise<void> {
    try {
      const answers = await this.#askMany(
        this.#db,
        batch.map(({ question }) => question),
      );
      for (const [n, { answer }] of batch.entries()) answer.resolve(answerOf(answers, n));
    } catch (error) {
      for (const { answer } of batch) answer.reject(error);
    }
  }
}

function answerOf<Answer>(answers: readonly Answer[], n: number): Answer {
  if (n >= answers.length) throw new RangeError('A query for many left a question without an answer.');
  // There is one; it may be `undefined` itself.
  return answers[n] as Answer;
}
