import type { AccessMode, IsolationLevel, Kysely, Transaction } from 'kysely';
import type { Database } from '../schema/index.ts';

/** A database or a transaction in it, of the cloud or of a cell: for what each of them has, such as events. */
export type Queries = Kysely<Database>;

/** The same, and it must be a transaction. */
export type InTransaction = Transaction<Database>;

// Brands: at run time all of these are one handle, for there is one database. Which tables are whose is said by the functions of the
// stores, so whoever reaches from the one into the other does not compile, or holds a `WholeDb` and says so.
declare const cloud: unique symbol;
declare const cell: unique symbol;

interface OfCloud {
  readonly [cloud]: true;
  transaction(): Transactions<InCloud>;
}
interface OfCell {
  readonly [cell]: true;
  transaction(): Transactions<InCell>;
}
interface OfBoth {
  readonly [cloud]: true;
  readonly [cell]: true;
  transaction(): Transactions<InWhole>;
}

/** How a transaction of a branded database begins. */
interface Transactions<Trx> {
  setIsolationLevel(level: IsolationLevel): Transactions<Trx>;
  setAccessMode(mode: AccessMode): Transactions<Trx>;
  execute<T>(work: (trx: Trx) => Promise<T>): Promise<T>;
}

/** What is the whole cloud's: identity, images, networks, flavors, keypairs, quotas, secrets. A transaction is one, too. */
export type CloudDb = OfCloud & Kysely<Database>;
/** What is a cell's: its servers and all that is done to them, its hosts and what is taken of them. A transaction is one, too. */
export type CellDb = OfCell & Kysely<Database>;
/** Both at once, which ends with the second cell: whoever asks for this has to be taken apart then. */
export type WholeDb = OfBoth & Kysely<Database>;

/** A store function that must not be called outside a transaction says so with one of these types. */
export type InCloud = OfCloud & Transaction<Database>;
export type InCell = OfCell & Transaction<Database>;
export type InWhole = OfBoth & Transaction<Database>;

/** The transaction in which a database's store functions may be called. */
export type TransactionOf<Db extends Queries> = Db extends OfBoth
  ? InWhole
  : Db extends OfCloud
    ? InCloud
    : Db extends OfCell
      ? InCell
      : InTransaction;
