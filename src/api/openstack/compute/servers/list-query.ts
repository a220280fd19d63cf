import { Type as t } from '@sinclair/typebox';
import type { ComputeApi } from '../../../../compute/api.ts';
import { InvalidInput } from '../../../../lib/versioning/validation.ts';
import { manyParam, param, queryParams, type QueryHead } from '../../../../lib/versioning/query-params.ts';
import { v } from '../../../../microversions.ts';
import { type VmState, vmStates } from '../../../../objects/states.ts';
import { pagingParams } from '../paging.ts';
import { isNo, isYes } from '../wire.ts';

const time = t.String({ format: 'date-time' });
const text = param();

const params = {
  ...pagingParams,
  name: text,
  status: manyParam(),
  vm_state: manyParam(),
  host: text,
  image: text,
  flavor: text,
  user_id: text,
  project_id: text,
  tenant_id: text,
  reservation_id: text,
  uuid: manyParam(),
  ip: text,
  'changes-since': param({ type: time, read: (at) => new Date(at) }),
  all_tenants: text,
  deleted: text,
};

/** The filters of a list of servers; unknown ones are ignored, from 2.75 on refused. */
export const listServersQuery = queryParams(params, { strict: { since: v.strictKeys }, tolerate: '^_' });

type Asked = QueryHead<typeof params>;
type Filters = Parameters<ComputeApi['list']>[1];

/** What a query asks of the compute service. Some filters are for admins only; to others they are as good as not given. */
export function serverFiltersOf(asked: Asked, isAdmin: boolean, limit: number): Filters {
  const projectId = asked.project_id ?? asked.tenant_id;
  const allProjects = asked.all_tenants !== undefined && !isNo(asked.all_tenants);
  if (allProjects && !isYes(asked.all_tenants) && asked.all_tenants !== '')
    throw InvalidInput({ message: `Unrecognized value '${asked.all_tenants}'` });
  return {
    limit,
    allProjects: allProjects || (isAdmin && projectId !== undefined),
    ...(isAdmin && asked.host !== undefined ? { host: asked.host } : {}),
    ...(isAdmin && asked.deleted !== undefined ? { deleted: isYes(asked.deleted) } : {}),
    ...(isAdmin && projectId !== undefined ? { projectId } : {}),
    ...given('marker', asked.marker),
    ...given('name', asked.name),
    ...given('statuses', asked.status),
    ...given('vmStates', asked.vm_state?.filter(isVmState)),
    ...given('imageId', asked.image?.split('/').at(-1)),
    ...given('flavorId', asked.flavor?.split('/').at(-1)),
    ...given('userId', isAdmin ? asked.user_id : undefined),
    ...given('reservationId', asked.reservation_id),
    ...given('ids', asked.uuid),
    ...given('ip', asked.ip),
    ...given('changesSince', asked['changes-since']),
  };
}

const isVmState = (text: string): text is VmState => vmStates.some((state) => state === text);

const given = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
  // A computed key widens to string in the language's types; it is this key by construction.
  value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
