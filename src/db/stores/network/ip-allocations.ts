/** Which port has which address. One transaction at a time allocates from a subnet: callers lock the subnet's row (`lockSubnetsOf`). */
import { sql } from 'kysely';
import type { AddressPool } from '../../../objects/network.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

/** Allocates a requested address to the port; false when it is taken. */
export async function takeAddress(trx: InCloud, taken: { subnetId: string; portId: string; ipAddress: string }): Promise<boolean> {
  const { subnetId, portId, ipAddress } = taken;
  const made = await trx
    .insertInto('ip_allocations')
    .values({ subnet_id: subnetId, port_id: portId, ip_address: ipAddress })
    .onConflict((conflict) => conflict.doNothing())
    .returning('port_id')
    .executeTakeFirst();
  return made !== undefined;
}

/** Allocates an address of a subnet to each of these ports, but none that is taken. */
export async function takeAddresses(
  trx: InCloud,
  subnetId: string,
  taken: readonly { readonly portId: string; readonly ipAddress: string }[],
): Promise<void> {
  const [ports, addresses] = [taken.map(({ portId }) => portId), taken.map(({ ipAddress }) => ipAddress)];
  await sql`
    INSERT INTO ip_allocations (subnet_id, port_id, ip_address)
    SELECT ${subnetId}, one.port_id, one.ip_address FROM unnest(${ports}::uuid[], ${addresses}::inet[]) AS one (port_id, ip_address)
    ON CONFLICT DO NOTHING`.execute(trx);
}

/**
 * Allocates the lowest free address of the first pool that has one; undefined when all are taken. `hostIp` is never free.
 * The lowest free address is a pool's first or follows a taken one, so only those are checked.
 */
export async function takeFreeAddress(
  trx: InCloud,
  { subnetId, portId, pools, hostIp }: { subnetId: string; portId: string; pools: readonly AddressPool[]; hostIp: string | null },
): Promise<string | undefined> {
  for (const { start, end } of pools) {
    const { rows } = await sql<{ ip: string }>`
      INSERT INTO ip_allocations (subnet_id, ip_address, port_id)
      SELECT ${subnetId}, candidate, ${portId}
      FROM (
        SELECT ${start}::inet AS candidate
        UNION ALL
        SELECT ip_address + 1 FROM ip_allocations
        WHERE subnet_id = ${subnetId} AND ip_address >= ${start}::inet AND ip_address < ${end}::inet
        UNION ALL
        SELECT ${hostIp}::inet + 1 WHERE ${hostIp}::inet >= ${start}::inet AND ${hostIp}::inet < ${end}::inet
      ) AS candidates
      WHERE candidate IS DISTINCT FROM ${hostIp}::inet AND NOT EXISTS (SELECT 1 FROM ip_allocations AS held WHERE held.subnet_id = ${subnetId} AND held.ip_address = candidate)
      ORDER BY candidate LIMIT 1
      ON CONFLICT DO NOTHING
      RETURNING host(ip_address) AS ip`.execute(trx);
    if (rows[0]) return rows[0].ip;
  }
  return undefined;
}

/** How many addresses of a subnet are taken. */
export async function countAddresses(db: CloudDb, subnetId: string): Promise<number> {
  const row = await db
    .selectFrom('ip_allocations')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('subnet_id', '=', subnetId)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

/** How many addresses are taken of each subnet that has any taken. */
export async function countPerSubnet(db: CloudDb, subnetIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ id: string; n: number }>`
    SELECT subnet_id AS id, count(*)::int AS n FROM ip_allocations WHERE subnet_id = ANY(${[...subnetIds]}::uuid[]) GROUP BY 1`.execute(db);
  return new Map(rows.map(({ id, n }) => [id, n]));
}

/** All allocated addresses of a subnet. */
export async function addressesOf(db: CloudDb, subnetId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('ip_allocations')
    .select(sql<string>`host(ip_address)`.as('address'))
    .where('subnet_id', '=', subnetId)
    .execute();
  return rows.map(({ address }) => address);
}

/** Releases a port's addresses, except those to keep. */
export async function releaseAddresses(trx: InCloud, portId: string, kept: readonly string[] = []): Promise<void> {
  let gone = trx.deleteFrom('ip_allocations').where('port_id', '=', portId);
  if (kept.length > 0) gone = gone.where(sql<boolean>`NOT (host(ip_address) = ANY(${[...kept]}))`);
  await gone.execute();
}

/** Releases the addresses that ports have on a subnet. */
export async function releaseOfSubnet(trx: InCloud, subnetId: string, portIds: readonly string[]): Promise<void> {
  if (portIds.length === 0) return;
  await trx.deleteFrom('ip_allocations').where('subnet_id', '=', subnetId).where('port_id', 'in', portIds).execute();
}

/** The port that has an address. */
export async function holderOf(db: CloudDb, subnetId: string, ipAddress: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('ip_allocations')
    .select('port_id')
    .where('subnet_id', '=', subnetId)
    .where('ip_address', '=', ipAddress)
    .executeTakeFirst();
  return row?.port_id;
}
