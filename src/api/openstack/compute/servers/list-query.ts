import { Type as t } from '@sinclair/typebox';
import { DeletedForbidden } from '../../../../compute/servers/errors.ts';
import type { Microversion } from '../../../../lib/versioning/microversion.ts';
import { manyParam, param, type QueryHead, queryParams } from '../../../../lib/versioning/query-params.ts';
import { InvalidInput } from '../../../../lib/versioning/validation.ts';
import { v } from '../../../../microversions.ts';
import { isoTime } from '../iso-time.ts';
import { pagingParams } from '../paging.ts';
import { isNo, isYes } from '../../../../operations/wire/words.ts';
import { equalFilters, type Filters, flavorFilter, openTo, patternFilters, timeFilters, withoutEffect } from './filters.ts';
import { sortOf, sortParams } from './sort-query.ts';
import { isStatus } from './statuses.ts';

const time = { type: t.String({ format: 'date-time' }), read: isoTime };
const pattern = { type: t.String({ format: 'regex' }) };
const taggedSince = { ...pattern, since: v.serverTags };

const params = {
  ...pagingParams,
  ...sortParams,
  ...equalFilters.params,
  ...flavorFilter.params,
  ...patternFilters.params,
  ...timeFilters.params,
  ...withoutEffect,
  status: manyParam(),
  uuid: manyParam(),
  project_id: param(),
  tenant_id: param(),
  all_tenants: param(),
  deleted: param(),
  soft_deleted: param(),
  ip: param(pattern),
  ip6: param(pattern),
  config_drive: param(pattern),
  locked: param({ since: v.lockReason }),
  tags: param(taggedSince),
  'tags-any': param(taggedSince),
  'not-tags': param(taggedSince),
  'not-tags-any': param(taggedSince),
  'changes-since': param(time),
  'changes-before': param({ ...time, since: v.changesBefore }),
};

/** The filters of a list of servers; unknown ones are ignored, from 2.75 on refused. */
export const listServersQuery = queryParams(params, { strict: { since: v.strictKeys }, tolerate: '^_' });

type Asked = QueryHead<typeof params>;

/** Who asks, at which version, and whether every filter is for them. */
export interface Asker {
  readonly isAdmin: boolean;
  readonly mayFilterByAll: boolean;
  readonly at: Microversion;
}

/** What a query asks of the compute service; undefined when nothing can be so. Filters that the asker may not use are as good as not given. */
export function serverFiltersOf(asked: Asked, who: Asker, limit: number): Omit<Filters, 'inFull'> | undefined {
  const mine = (name: string): boolean => openTo(name, who);
  const statuses = statusesOf(asked.status, who);
  if (statuses?.length === 0) return undefined;
  const onlyGone = statuses !== undefined && statuses.every((status) => status === 'DELETED');
  if (onlyGone && !who.isAdmin) throw DeletedForbidden({});
  const deleted = onlyGone ? true : asked.deleted !== undefined && mine('deleted') ? isYes(asked.deleted) : undefined;
  const { marker, uuid, ip, ip6, locked } = asked;
  return {
    limit,
    ...projectsOf(asked, who),
    sort: sortOf(asked, who),
    equal: { ...equalFilters.of(asked, who), ...flavorFilter.of(asked, who) },
    like: { ...patternFilters.of(asked, who), ...timeFilters.of(asked, who) },
    ...changesOf(asked),
    tags: tagsOf(asked),
    ...(marker === undefined ? {} : { marker }),
    ...(statuses === undefined ? {} : { statuses }),
    ...(deleted === undefined ? {} : { deleted }),
    ...(asked.soft_deleted !== undefined && mine('soft_deleted') ? { softDeleted: isYes(asked.soft_deleted) } : {}),
    ...(uuid === undefined || !mine('uuid') ? {} : { ids: uuid }),
    ...(ip === undefined ? {} : { ip }),
    ...(ip6 === undefined || !mine('ip6') ? {} : { ip6 }),
    ...(locked === undefined ? {} : { locked: boolOf(locked) }),
    ...(asked.config_drive === undefined || !mine('config_drive') ? {} : { configDrive: isYes(asked.config_drive) }),
  };
}

/** Statuses that exist; where none of those asked for does there is nothing to list, and later versions say so. */
function statusesOf(asked: readonly string[] | undefined, { at }: Asker): readonly string[] | undefined {
  const known = asked?.map((status) => status.toUpperCase()).filter(isStatus);
  if (known?.length === 0 && at.ordinal >= v.unknownStatusRefused.ordinal) throw InvalidInput({ message: 'Invalid status value' });
  return known;
}

/** Another project's servers are listed among those of all projects only; asked for alone, the project says nothing. */
function projectsOf({ all_tenants, tenant_id, project_id }: Asked, { mayFilterByAll }: Asker): Pick<Filters, 'allProjects' | 'projectId'> {
  const allProjects = all_tenants !== undefined && (all_tenants === '' || boolOf(all_tenants));
  const projectId = mayFilterByAll ? (tenant_id ?? project_id) : undefined;
  return { allProjects, ...(allProjects && projectId !== undefined ? { projectId } : {}) };
}

function changesOf(asked: Asked): Pick<Filters, 'changesSince' | 'changesBefore'> {
  const { 'changes-since': changesSince, 'changes-before': changesBefore } = asked;
  if (changesSince && changesBefore && changesSince > changesBefore)
    throw InvalidInput({ message: 'The value of changes-since must be less than or equal to changes-before.' });
  return { ...(changesSince ? { changesSince } : {}), ...(changesBefore ? { changesBefore } : {}) };
}

function tagsOf({ tags: all, 'tags-any': any, 'not-tags': notAll, 'not-tags-any': notAny }: Asked): NonNullable<Filters['tags']> {
  return {
    ...(all === undefined ? {} : { all: all.split(',') }),
    ...(any === undefined ? {} : { any: any.split(',') }),
    ...(notAll === undefined ? {} : { notAll: notAll.split(',') }),
    ...(notAny === undefined ? {} : { notAny: notAny.split(',') }),
  };
}

function boolOf(text: string): boolean {
  if (isYes(text) || isNo(text)) return isYes(text);
  throw InvalidInput({
    message: `Unrecognized value '${text.slice(0, 255)}', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'`,
  });
}
