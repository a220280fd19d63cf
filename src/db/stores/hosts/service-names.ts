/** The name of a service that must run once: a lock in a session of the service, which ends with the session. */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../schema/index.ts';

/** A service and its host. */
export interface ServiceName {
  readonly binary: string;
  readonly host: string;
}

/** The session that has a name. */
export interface NameHolder {
  /** Where it comes from; null when it is on the database's machine. */
  readonly address: string | null;
  readonly ageSeconds: number;
}

/** The server's probes of a silent client: the session of a machine that lost its power ends within half a minute. */
const PROBES = sql`
  SELECT set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
    set_config('tcp_keepalives_count', '3', false)`;

/** Takes a name for the session of this connection, unless another one has it. */
export async function takeName(connection: Kysely<Database>, { binary, host }: ServiceName): Promise<boolean> {
  await PROBES.execute(connection);
  const { rows } = await sql<{ taken: boolean }>`SELECT pg_try_advisory_lock(hashtext(${binary}), hashtext(${host})) AS taken`.execute(
    connection,
  );
  return rows[0]?.taken === true;
}

/** Gives a name up. */
export const leaveName = async (connection: Kysely<Database>, { binary, host }: ServiceName): Promise<void> =>
  void (await sql`SELECT pg_advisory_unlock(hashtext(${binary}), hashtext(${host}))`.execute(connection));

/** Who has a name. */
export async function holderOfName(connection: Kysely<Database>, { binary, host }: ServiceName): Promise<NameHolder | undefined> {
  const { rows } = await sql<NameHolder>`
    SELECT host(client_addr) AS address, extract(epoch FROM now() - backend_start)::float8 AS "ageSeconds"
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND classid::bigint = ${unsigned(binary)} AND objid::bigint = ${unsigned(host)}`.execute(connection);
  return rows[0];
}

/** How pg_locks shows a key. */
const unsigned = (text: string) => sql`(hashtext(${text})::bigint & 4294967295)`;
