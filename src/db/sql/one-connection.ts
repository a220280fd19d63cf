/** Statements that are asked for in one turn of the event loop go to the database in one message, by one connection. */
import { AsyncLocalStorage } from 'node:async_hooks';

/** A connection that was taken, and how it is given back. */
interface Taken<Connection> {
  readonly connection: Connection;
  readonly giveBack: () => Promise<void>;
}

/** A connection that others use, too; whoever has finished lets go of it. */
interface Joined<Connection> {
  readonly connection: Connection;
  readonly letGo: () => Promise<void>;
}

/** One connection for some statements: taken by the first of them, given back when the work is over and the last statement has let go. */
class Shared {
  #taken: Promise<Taken<unknown>> | undefined;
  #users = 0;
  #isOver = false;

  get isOver(): boolean {
    return this.#isOver;
  }

  async join<Connection>(take: () => Promise<Taken<Connection>>): Promise<Joined<Connection>> {
    const taken = (this.#taken ??= take());
    this.#users += 1;
    try {
      const { connection } = await (taken as Promise<Taken<Connection>>);
      return { connection, letGo: () => this.#letGo() };
    } catch (error) {
      this.#users -= 1;
      throw error;
    }
  }

  async #letGo(): Promise<void> {
    this.#users -= 1;
    await this.#giveBackUnused();
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#giveBackUnused();
  }

  async #giveBackUnused(): Promise<void> {
    if (!this.#isOver || this.#users > 0) return;
    const taken = this.#taken;
    this.#taken = undefined;
    // Whoever waited for a connection in vain was told why.
    await taken?.then(({ giveBack }) => giveBack()).catch(() => {});
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
export function sharedConnection<Connection>(take: () => Promise<Taken<Connection>>): Promise<Joined<Connection>> | undefined {
  const shared = current.getStore();
  return shared === undefined || shared.isOver ? undefined : shared.join(take);
}
