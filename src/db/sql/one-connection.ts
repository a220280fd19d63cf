/** Statements that are asked for in one turn of the event loop go to the database in one message, by one connection. */
import { AsyncLocalStorage } from 'node:async_hooks';

/** A connection that was taken, and how it is given back. */
interface Taken<Connection> {
  readonly connection: Connection;
  readonly giveBack: () => Promise<void>;
}

/** One connection for some statements, taken by the first of them. */
class Shared {
  #taken: Promise<Taken<unknown>> | undefined;
  #isOver = false;

  get isOver(): boolean {
    return this.#isOver;
  }

  async take<Connection>(take: () => Promise<Taken<Connection>>): Promise<Connection> {
    const taken = (this.#taken ??= take());
    return (await (taken as Promise<Taken<Connection>>)).connection;
  }

  async end(): Promise<void> {
    this.#isOver = true;
    // Whoever waited for a connection in vain was told why.
    await this.#taken?.then(({ giveBack }) => giveBack()).catch(() => {});
  }
}

const current = new AsyncLocalStorage<Shared>();

/**
 * All statements of the work use one connection and follow each other without waiting, so that the database is woken once. For small
 * reads of one database, because a slow one holds up those behind it, and not for transactions.
 */
export const onOneConnection = async (work: () => Promise<unknown>): Promise<void> => {
  const shared = new Shared();
  try {
    await current.run(shared, work);
  } finally {
    await shared.end();
  }
};

/** The connection that the running work shares, taken now if it has none yet; undefined if it shares none. */
export function sharedConnection<Connection>(take: () => Promise<Taken<Connection>>): Promise<Connection> | undefined {
  const shared = current.getStore();
  return shared === undefined || shared.isOver ? undefined : shared.take(take);
}
