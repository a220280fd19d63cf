import type { ColumnType, JSONColumnType } from 'kysely';

/** A JSON column, read as T and written as text. */
export type Json<T extends object | null> = JSONColumnType<T, string, string>;

/** A JSON column that may be null. */
export type OptionalJson<T extends object> = ColumnType<T | null, string | null | undefined, string | null>;

/** A time that the database fills in by default. */
export type Time = ColumnType<Date, Date | undefined, Date>;
