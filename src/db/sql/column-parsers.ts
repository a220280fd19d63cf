import { type CustomTypesConfig, types } from 'pg';

/** How columns are read into JavaScript: bigint and numeric as numbers, timestamptz as Date, dates as text. */
const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  [types.builtins.INT8]: safeInteger,
  [types.builtins.NUMERIC]: Number,
  [types.builtins.TIMESTAMPTZ]: time,
  // pg would return a Date at midnight in the local time zone.
  [types.builtins.DATE]: (text) => text,
};

/** For a pool's `types`: our parsers, otherwise pg's. */
export const columnTypes: CustomTypesConfig = {
  getTypeParser: (oid, format) => (format === 'binary' ? undefined : parsers[oid]) ?? types.getTypeParser(oid, format),
};

/** A time as PostgreSQL writes it for a session in UTC: `2026-11-22 06:47:57.123456+00`. */
const UTC_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/;
const pgTime = types.getTypeParser(types.builtins.TIMESTAMPTZ);

/** A page of servers has hundreds of times: those in UTC use the engine's fast ISO 8601 parser, the rest pg's slower one. */
function time(text: string): unknown {
  return UTC_TIME.test(text) ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`) : pgTime(text);
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`The database holds ${text}, a whole number too large to be exact.`);
}
