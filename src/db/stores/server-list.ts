import { type Expression, type SqlBool, sql } from 'kysely';
import type { Server } from '../../objects/server.ts';
import { statesOf, type VmState } from '../../objects/states.ts';
import type { Queries } from './queries.ts';
import { toServer } from './servers.ts';

/** Which servers to list, in Nova's order: newest first. */
export interface ServerQuery {
  /** Of one project; of all, when null. */
  readonly projectId: string | null;
  readonly deleted?: boolean;
  /** A POSIX regular expression on the name; what is none is looked for to the letter. */
  readonly name?: string;
  readonly statuses?: readonly string[];
  readonly vmStates?: readonly VmState[];
  readonly host?: string;
  readonly imageId?: string;
  readonly flavorId?: string;
  readonly userId?: string;
  readonly reservationId?: string;
  readonly ids?: readonly string[];
  /** An address of one of its ports begins with this. */
  readonly ip?: string;
  readonly changesSince?: Date;
  readonly limit: number;
  readonly marker?: string;
}

/** @returns undefined when there is no server under the marker, or none of the project that is asked for */
export async function listServers(db: Queries, query: ServerQuery): Promise<readonly Server[] | undefined> {
  if (cannotBeStored(query.marker)) return undefined;
  if (Object.values(query).some(cannotBeStored)) return [];
  let select = db
    .selectFrom('servers')
    .selectAll()
    .where((eb) => eb.and(conditions(query)));
  if (query.marker !== undefined) {
    const { marker, projectId } = query;
    const known = await db.selectFrom('servers').select(['id', 'project_id']).where(sql<string>`id::text`, '=', marker).executeTakeFirst();
    if (!known || (projectId !== null && known.project_id !== projectId)) return undefined;
    // Compared inside the database: a time that came through JavaScript has lost its microseconds.
    select = select.where(sql<boolean>`(created_at, id) < (SELECT created_at, id FROM servers WHERE id = ${known.id})`);
  }
  const rows = await select.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(query.limit).execute();
  return rows.map(toServer);
}

/** Each filter that was given, as a condition; none of them is built from text. */
function conditions(query: ServerQuery): Expression<SqlBool>[] {
  const wanted: Expression<SqlBool>[] = [];
  const { projectId, name, statuses, vmStates, host, imageId, flavorId, userId, reservationId, ids, ip, changesSince } = query;
  // Changes since a time include the servers that are gone since.
  if (query.deleted === true) wanted.push(sql`vm_state = 'deleted'`);
  else if (changesSince === undefined) wanted.push(sql`vm_state <> 'deleted'`);
  if (projectId !== null) wanted.push(sql`project_id = ${projectId}`);
  if (name !== undefined) wanted.push(sql`name ~ ${regexOf(name)}`);
  if (statuses) wanted.push(anyOf(statuses.map(statusCondition)));
  if (vmStates) wanted.push(sql`vm_state = ANY(${[...vmStates]})`);
  if (host !== undefined) wanted.push(sql`host = ${host}`);
  if (imageId !== undefined) wanted.push(sql`image->>'id' = ${imageId}`);
  if (flavorId !== undefined) wanted.push(sql`flavor->>'id' = ${flavorId}`);
  if (userId !== undefined) wanted.push(sql`user_id = ${userId}`);
  if (reservationId !== undefined) wanted.push(sql`reservation_id = ${reservationId}`);
  if (ids) wanted.push(sql`id::text = ANY(${[...ids]})`);
  if (ip !== undefined)
    wanted.push(
      sql`EXISTS (SELECT 1 FROM jsonb_path_query(network_info, '$[*].fixedIps[*].ipAddress') AS a WHERE a #>> '{}' ~ ${regexOf(ip)})`,
    );
  if (changesSince !== undefined) wanted.push(sql`updated_at >= ${changesSince}`);
  return wanted;
}

function statusCondition(status: string): Expression<SqlBool> {
  const { vmStates, taskStates } = statesOf(status.toUpperCase());
  if (taskStates) return sql`(vm_state = ANY(${[...vmStates]}) AND task_state = ANY(${[...taskStates]}))`;
  return status.toUpperCase() === 'ACTIVE'
    ? sql`(vm_state = 'active' AND (task_state IS NULL OR task_state NOT IN ('rebooting', 'rebooting_hard')))`
    : sql`vm_state = ANY(${[...vmStates]})`;
}

const anyOf = (conditions: readonly Expression<SqlBool>[]): Expression<SqlBool> =>
  conditions.length === 0 ? sql`false` : sql`(${sql.join(conditions, sql` OR `)})`;

/** PostgreSQL refuses a text with the character 0 in it; nothing that it keeps can be equal to one. */
const cannotBeStored = (value: unknown): boolean =>
  typeof value === 'string' ? value.includes('\0') : Array.isArray(value) && value.some(cannotBeStored);

/** How long a regular expression may be; longer ones are taken to the letter. */
const MAX_REGEX = 255;

/**
 * What PostgreSQL and JavaScript read alike: plain characters, classes without tricks, groups, alternatives, repetitions.
 * Bounds only on a single character: PostgreSQL unfolds them, and gives up on those that multiply.
 */
const understood =
  /^(?:(?:[^\\.*+?{}()[\]^$|]|\.|\\[^A-Za-z0-9]|\\[dwsDWS]|\[\^?(?:[^\\[\]^-](?:-[^\\[\]^-])?)+-?\])(?:[*+?]\??|\{\d{1,2}(?:,\d{0,2})?\})?|\)[*+?]?|[(^$|])*$/;

/** The pattern, if the database will read it as whoever wrote it; else its characters, each for itself. */
function regexOf(pattern: string): string {
  const isRegex = pattern.length <= MAX_REGEX && !pattern.includes('(?') && understood.test(pattern) && compiles(pattern);
  return isRegex ? pattern : pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function compiles(pattern: string): boolean {
  try {
    void new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}
