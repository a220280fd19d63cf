import type { AccessMode, IsolationLevel, Kysely, Transaction } from 'kysely';
import type { Database } from '../schema/index.ts';

/** A database or transaction of the cloud or of a cell: for tables that both have, such as events. */
export type Queries = Kysely<Database>;

/** The same, but only a transaction. */
export type InTransaction = Transaction<Database>;

// Brands: at run time all of these are one handle, because there is one database. Store functions say by their types whose tables they
// use, so code that mixes cloud and cell does not compile, unless it asks for a `WholeDb`.
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

/** Tables of the whole cloud: identity, images, networks, flavors, keypairs, quotas, secrets. May be a transaction. */
export type CloudDb = OfCloud & Kysely<Database>;
/** Tables of a cell: servers and the work on them, hosts and their allocations. May be a transaction. */
export type CellDb = OfCell & Kysely<Database>;
/** Both at once. Code that asks for this must be split when there is a second cell. */
export type WholeDb = OfBoth & Kysely<Database>;

/** For store functions that must be called inside a transaction. */
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
