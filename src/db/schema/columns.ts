import type { ColumnType, JSONColumnType } from 'kysely';

/** A column of JSON that is read as T and written as text. */
export type Json<T extends object | null> = JSONColumnType<T, string, string>;

/** A column of JSON that may be empty. */
export type OptionalJson<T extends object> = ColumnType<T | null, string | null | undefined, string | null>;

/** A time that the database fills in when it is not given. */
export type Time = ColumnType<Date, Date | undefined, Date>;
