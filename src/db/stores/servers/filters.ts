import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import { isUuid } from '../../../objects/ids.ts';
import { statesOf } from '../../../objects/states.ts';
import { type EqualColumn, equalColumns, type PatternColumn, patternColumns } from './columns.ts';
import { type TagFilter, tagConditions } from '../../sql/tag-filter.ts';
import { patternOf } from '../../sql/text-pattern.ts';

/** Which servers to find; omitted filters do not apply. */
export interface ServerFilters {
  /** One project; null: all. */
  readonly projectId: string | null;
  /** Only deleted servers, those that can be restored included, or only existing ones; both when filtering by time of change. */
  readonly deleted?: boolean;
  /** Include soft-deleted servers; by default only when filtering by that state. */
  readonly softDeleted?: boolean;
  /** The accepted values of each column. */
  readonly equal?: Readonly<Partial<Record<EqualColumn, readonly string[]>>>;
  /** A POSIX regular expression for each column; an invalid one is matched literally. */
  readonly like?: Readonly<Partial<Record<PatternColumn, string>>>;
  readonly ids?: readonly string[];
  readonly statuses?: readonly string[];
  /** A pattern that one of its addresses matches. */
  readonly ip?: string;
  readonly ip6?: string;
  readonly tags?: TagFilter;
  readonly locked?: boolean;
  readonly configDrive?: boolean;
  readonly changesSince?: Date;
  readonly changesBefore?: Date;
}

type Condition = Expression<SqlBool>;

/** Each given filter as a condition, with values as parameters. */
export const conditionsOf = (filters: ServerFilters): Condition[] => [
  ...presence(filters),
  ...(filters.projectId === null ? [] : [sql<SqlBool>`project_id = ${filters.projectId}`]),
  ...entriesOf(filters.equal).map(([column, values]) => sql<SqlBool>`${equalColumns[column]} = ANY(${[...values]})`),
  ...entriesOf(filters.like).map(([column, pattern]) => sql<SqlBool>`${patternColumns[column]} ~ ${patternOf(pattern)}`),
  ...(filters.ids ? [sql<SqlBool>`id = ANY(${filters.ids.filter(isUuid)}::uuid[])`] : []),
  ...(filters.statuses ? [anyOf(filters.statuses.map(statusCondition))] : []),
  ...(filters.ip === undefined ? [] : [hasAddress(filters.ip, sql`true`)]),
  ...(filters.ip6 === undefined ? [] : [hasAddress(filters.ip6, sql`a->>'version' = '6'`)]),
  ...tagConditions(filters.tags ?? {}),
  ...(filters.locked === undefined ? [] : [sql<SqlBool>`(locked_by IS NOT NULL) = ${filters.locked}`]),
  ...(filters.configDrive === undefined ? [] : [sql<SqlBool>`config_drive = ${filters.configDrive}`]),
  ...(filters.changesSince ? [sql<SqlBool>`updated_at >= ${filters.changesSince}`] : []),
  ...(filters.changesBefore ? [sql<SqlBool>`updated_at <= ${filters.changesBefore}`] : []),
];

function presence({ deleted, softDeleted, changesSince, changesBefore, statuses, equal }: ServerFilters): Condition[] {
  const gone = softDeleted === false ? sql<SqlBool>`vm_state = 'deleted'` : sql<SqlBool>`vm_state IN ('deleted', 'soft-delete')`;
  const there = sql<SqlBool>`vm_state <> 'deleted'`;
  // Changes since a time include deletions.
  if (deleted) return [gone];
  if (deleted === undefined && (changesSince || changesBefore)) return [];
  const named =
    softDeleted || statuses?.some((status) => status.toUpperCase() === 'SOFT_DELETED') || equal?.vmState?.includes('soft-delete');
  return named ? [there] : [there, sql<SqlBool>`vm_state <> 'soft-delete'`];
}

function statusCondition(status: string): Condition {
  const { vmStates, taskStates } = statesOf(status.toUpperCase());
  if (taskStates) return sql`(vm_state = ANY(${[...vmStates]}) AND task_state = ANY(${[...taskStates]}))`;
  return status.toUpperCase() === 'ACTIVE'
    ? sql`(vm_state = 'active' AND (task_state IS NULL OR task_state NOT IN ('rebooting', 'rebooting_hard')))`
    : sql`vm_state = ANY(${[...vmStates]})`;
}

const anyOf = (conditions: readonly Condition[]): Condition =>
  conditions.length === 0 ? sql`false` : sql`(${sql.join(conditions, sql` OR `)})`;

const hasAddress = (pattern: string, family: RawBuilder<unknown>): Condition =>
  sql`EXISTS (SELECT 1 FROM jsonb_path_query(network_info, '$[*].fixedIps[*]') AS a WHERE a->>'ipAddress' ~ ${patternOf(pattern)} AND ${family})`;

// Object.entries loses the key type; undefined values are dropped.
const entriesOf = <K extends string, V>(record: Readonly<Partial<Record<K, V>>> | undefined): [K, V][] =>
  Object.entries(record ?? {}).filter(([, value]) => value !== undefined) as [K, V][];
