import { onBehalfOf } from '../../lib/context/on-behalf.ts';
import { memoize } from '../../lib/memo/memoize.ts';
import { onOneConnection } from './one-connection.ts';
import type { Queries } from './queries.ts';

/** Maximum number of questions in one query; the rest wait for the next. */
const MAX_BATCH = 200;

/** Answers many questions of one kind in one query, in the order of the questions. */
export type AskMany<Db extends Queries, Question, Answer> = (db: Db, questions: readonly Question[]) => Promise<readonly Answer[]>;

/**
 * Turns a query for many into a function for one. While a query runs, new questions are collected into the next batch, and equal ones
 * are asked once: a busy process sends few large queries, an idle one sends each without delay. A query begins after each of its questions,
 * so no answer is older than its question. Queries of several kinds that begin together share a connection. Inside a transaction nothing is batched.
 */
export function batched<Db extends Queries, Question, Answer>(
  keyOf: (question: Question) => string,
  askMany: AskMany<Db, Question, Answer>,
): (db: Db, question: Question) => Promise<Answer> {
  const batcherOf = memoize((db: Db) => new Batcher(db, keyOf, askMany));
  return async (db, question) => {
    if (db.isTransaction) return answerOf(await askMany(db, [question]), 0);
    return await batcherOf(db).ask(question);
  };
}

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly answer: PromiseWithResolvers<Answer>;
}

/** Collects the queries of all kinds that begin in one turn of the event loop, after all requests that came in it. */
class Turn {
  #queries: (() => Promise<void>)[] = [];

  add(query: () => Promise<void>): void {
    if (this.#queries.push(query) === 1) setImmediate(() => this.#begin());
  }

  #begin(): void {
    const queries = this.#queries;
    this.#queries = [];
    // A batch has the questions of many.
    void onBehalfOf(undefined, () => onOneConnection(() => Promise.all(queries.map((query) => query()))));
  }
}

const turnOf = memoize((_db: Queries) => new Turn());

/** Batches the questions of one kind to one database. */
class Batcher<Db extends Queries, Question, Answer> {
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
    this.#askSoon();
    return waiting.answer.promise;
  }

  #askSoon(): void {
    if (this.#isAsking || this.#waiting.size === 0) return;
    this.#isAsking = true;
    turnOf(this.#db).add(() => this.#askNext());
  }

  async #askNext(): Promise<void> {
    const batch = [...this.#waiting].slice(0, MAX_BATCH);
    for (const [key] of batch) this.#waiting.delete(key);
    await this.#answer(batch.map(([, waiting]) => waiting));
    this.#isAsking = false;
    this.#askSoon();
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
  if (n >= answers.length) throw new RangeError('A batch query left a question without an answer.');
  // The answer exists; it may itself be `undefined`.
  return answers[n] as Answer;
}
