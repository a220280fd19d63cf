/** The content of a cloud's database as a row count and a hash for each table, to see whether anything changed. */
import type { Cloud } from './cloud.ts';
import { query } from './books.ts';

/** Tables that change with time, logins and traced requests. */
const IGNORED = [
  'services',
  'volume_services',
  'volume_pools',
  'compute_nodes',
  'host_changes',
  'login_failures',
  'login_addresses',
  'request_hops',
  'hops',
  'idempotency_keys',
  'token_keys',
];

/** The content of each table; equal values mean equal content. */
export async function allRows(cloud: Cloud): Promise<Readonly<Record<string, string>>> {
  const tables = await query<{ name: string }>(
    cloud,
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`,
  );
  const found: Record<string, string> = {};
  for (const { name } of tables) {
    if (IGNORED.includes(name)) continue;
    const [row] = await query<{ what: string }>(
      cloud,
      `select count(*) || ' rows, ' || coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') as what from "${name}" t`,
    );
    found[name] = row?.what ?? '';
  }
  return found;
}

/** The tables that differ, each with its content before and after. */
export const changedTables = (before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string[] =>
  Object.keys({ ...before, ...after })
    .filter((name) => before[name] !== after[name])
    .map((name) => `${name}: ${before[name]} -> ${after[name]}`);
