import { type CustomTypesConfig, types } from 'pg';

/** How columns arrive in JavaScript: bigint and numeric as numbers, timestamptz as Date (pg's own way), dates as their text. */
const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  [types.builtins.INT8]: safeInteger,
  [types.builtins.NUMERIC]: Number,
  // pg would make it a Date at midnight of the local time zone.
  [types.builtins.DATE]: (text) => text,
};

/** For a pool's `types`: ours, else pg's. */
export const columnTypes: CustomTypesConfig = {
  getTypeParser: (oid, format) => (format === 'binary' ? undefined : parsers[oid]) ?? types.getTypeParser(oid, format),
};

function safeInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`The database holds ${text}, a whole number too large to be exact.`);
}
