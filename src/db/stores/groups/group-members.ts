/** Which servers are in which group, and on which hosts: what group policies are checked against. */
import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { canonicalUuid, type HostName, type ServerId } from '../../../objects/ids.ts';
import type { GroupPolicy, PlacedGroup } from '../../../objects/server-group.ts';
import { batched } from '../../sql/batch-queries.ts';
import type { InCell, CellDb } from '../../sql/queries.ts';

/** Locks a project's group and counts its members. Until the transaction ends, nobody else deletes it, joins it or is placed by its policy. */
export async function holdServerGroup(
  trx: InCell,
  { id, projectId }: { readonly id: string; readonly projectId: string },
): Promise<{ readonly id: string; readonly members: number } | undefined> {
  const group = await trx
    .selectFrom('server_groups')
    .select('id')
    .where('id', '=', id)
    .where('project_id', '=', projectId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!group) return undefined;
  // A second statement, because the one that waited for the lock still sees the old rows.
  const { members } = await trx
    .selectFrom('server_group_members')
    .select(sql<number>`count(*)::int`.as('members'))
    .where('group_id', '=', group.id)
    .executeTakeFirstOrThrow();
  return { id: group.id, members };
}

/** Locks the group of a server, if it has one, so that nobody else is placed by its policy until the transaction ends. */
export async function holdGroupOf(trx: InCell, serverId: ServerId): Promise<void> {
  await sql`
    SELECT FROM server_groups WHERE id = (SELECT group_id FROM server_group_members WHERE server_id = ${serverId}) FOR NO KEY UPDATE`.execute(
    trx,
  );
}

/** Adds servers to a group that the transaction has locked. */
export async function joinServerGroup(trx: InCell, groupId: string, serverIds: readonly ServerId[]): Promise<void> {
  const members = serverIds.map((id) => ({ server_id: id, group_id: groupId }));
  await trx.insertInto('server_group_members').values(members).execute();
}

/** The group of a server, with the hosts of its other members; undefined when the server is in none. */
export async function groupAround(db: CellDb, serverId: ServerId): Promise<PlacedGroup | undefined> {
  const { rows } = await sql<{ policy: GroupPolicy; most: number; hosts: Record<HostName, number> | null }>`
    SELECT server_group.policy, coalesce(server_group.max_server_per_host, 1) AS most, (
      SELECT json_object_agg(host, members) FROM (
        SELECT placement.host, count(DISTINCT other.server_id)::int AS members
        FROM server_group_members AS other JOIN placements AS placement ON placement.server_id = other.server_id
        WHERE other.group_id = server_group.id AND other.server_id <> ${serverId} GROUP BY placement.host
      ) AS counted
    ) AS hosts
    FROM server_group_members AS member JOIN server_groups AS server_group ON server_group.id = member.group_id
    WHERE member.server_id = ${serverId}`.execute(db);
  const [row] = rows;
  if (!row) return undefined;
  const { policy, most, hosts } = row;
  // Seam: the keys of a JSON object are read as plain text.
  return { policy, maxServerPerHost: most, membersOn: new Map(Object.entries(hosts ?? {}) as [HostName, number][]) };
}

/** The group that a server is in. */
export const groupIdOf = batched(
  canonicalUuid,
  async (db: CellDb, serverIds: readonly string[]): Promise<readonly (string | undefined)[]> => {
    const rows = await db
      .selectFrom('server_group_members')
      .select(['server_id', 'group_id'])
      .where('server_id', '=', sql<ServerId>`any(${[...serverIds]}::uuid[])`)
      .execute();
    const found = new Map<string, string>(rows.map((row) => [row.server_id, row.group_id]));
    return serverIds.map((id) => found.get(canonicalUuid(id)));
  },
);

/** Removes servers from their groups. */
export const leavingGroups = (condition: RawBuilder<SqlBool>) =>
  sql<Record<string, unknown>>`(DELETE FROM server_group_members WHERE ${condition})`;

/** The condition that a host violates the policy of a server's group: the scheduler's filters, applied to the current rows. */
export const isAgainstGroup = ({ serverId, host }: { readonly serverId: ServerId; readonly host: HostName }) => sql<SqlBool>`EXISTS (
  SELECT FROM server_group_members AS member JOIN server_groups AS server_group ON server_group.id = member.group_id
  CROSS JOIN LATERAL (
    SELECT count(*) AS placed, count(DISTINCT other.server_id) FILTER (WHERE placement.host = ${host}) AS here
    FROM server_group_members AS other JOIN placements AS placement ON placement.server_id = other.server_id
    WHERE other.group_id = server_group.id AND other.server_id <> member.server_id
  ) AS others
  WHERE member.server_id = ${serverId} AND (
    (server_group.policy = 'anti-affinity' AND others.here >= coalesce(server_group.max_server_per_host, 1))
    OR (server_group.policy = 'affinity' AND others.placed > 0 AND others.here = 0)
  ))`;
