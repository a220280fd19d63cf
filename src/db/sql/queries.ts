import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../schema/index.ts';

/** A database or a transaction in it: every store works in either. */
export type Queries = Kysely<Database>;

/** A store function that must not be called outside a transaction says so with this type. */
export type InTransaction = Transaction<Database>;
