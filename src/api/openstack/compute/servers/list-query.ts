import { Type as t } from '@sinclair/typebox';
import type { ComputeApi } from '../../../../compute/api.ts';
import type { Microversion } from '../../../../lib/versioning/microversion.ts';
import { manyParam, param, type QueryHead, queryParams } from '../../../../lib/versioning/query-params.ts';
import { InvalidInput } from '../../../../lib/versioning/validation.ts';
import { v } from '../../../../microversions.ts';
import { isoTime } from '../iso-time.ts';
import { pagingParams } from '../paging.ts';
import { isNo, isYes } from '../../../../operations/wire/words.ts';
import { filterParams, filtersIn, notYetOpen, withoutEffect } from './filters.ts';
import { sortOf, sortParams } from './sort-query.ts';
import { isStatus } from './statuses.ts';

const time = { type: t.String({ format: 'date-time' }), read: isoTime };
const pattern = { type: t.String({ format: 'regex' }) };
const taggedSince = { ...pattern, since: v.serverTags };

const params = {
  ...pagingParams,
  ...sortParams,
  ...filterParams,
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

type ServerListRequest = Parameters<ComputeApi['list']>[1];

/** Converts a query for the compute service, which decides what the caller may use. */
export function listRequestOf(asked: Asked, at: Microversion, limit: number): ServerListRequest {
  const { marker, uuid, ip, ip6, locked, deleted, soft_deleted: softDeleted, config_drive: configDrive } = asked;
  const statuses = statusesOf(asked.status, at);
  return {
    limit,
    ...projectsOf(asked),
    ...filtersIn(asked),
    notYetOpen: notYetOpen(at),
    sort: sortOf(asked, at),
    ...changesOf(asked),
    tags: tagsOf(asked),
    ...(marker === undefined ? {} : { marker }),
    ...(statuses === undefined ? {} : { statuses }),
    ...(deleted === undefined ? {} : { deleted: isYes(deleted) }),
    ...(softDeleted === undefined ? {} : { softDeleted: isYes(softDeleted) }),
    ...(uuid === undefined ? {} : { ids: uuid }),
    ...(ip === undefined ? {} : { ip }),
    ...(ip6 === undefined ? {} : { ip6 }),
    ...(locked === undefined ? {} : { locked: boolOf(locked) }),
    ...(configDrive === undefined ? {} : { configDrive: isYes(configDrive) }),
  };
}

/** Drops unknown statuses; if none is left the list is empty, or refused in newer versions. */
function statusesOf(asked: readonly string[] | undefined, at: Microversion): readonly string[] | undefined {
  const known = asked?.map((status) => status.toUpperCase()).filter(isStatus);
  if (known?.length === 0 && at.ordinal >= v.unknownStatusRefused.ordinal) throw InvalidInput({ message: 'Invalid status value' });
  return known;
}

/** The project filter works only with all_tenants; without it, it is ignored. */
function projectsOf({ all_tenants, tenant_id, project_id }: Asked): Pick<ServerListRequest, 'allProjects' | 'projectId'> {
  const allProjects = all_tenants !== undefined && (all_tenants === '' || boolOf(all_tenants));
  const projectId = tenant_id ?? project_id;
  return { allProjects, ...(projectId === undefined ? {} : { projectId }) };
}

function changesOf(asked: Asked): Pick<ServerListRequest, 'changesSince' | 'changesBefore'> {
  const { 'changes-since': changesSince, 'changes-before': changesBefore } = asked;
  if (changesSince && changesBefore && changesSince > changesBefore)
    throw InvalidInput({ message: 'The value of changes-since must be less than or equal to changes-before.' });
  return { ...(changesSince ? { changesSince } : {}), ...(changesBefore ? { changesBefore } : {}) };
}

function tagsOf({ tags: all, 'tags-any': any, 'not-tags': notAll, 'not-tags-any': notAny }: Asked): NonNullable<ServerListRequest['tags']> {
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
