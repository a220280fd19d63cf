/** Hosts, until hypervisors and services replaced them. */
import { Type as t } from '@sinclair/typebox';
import type { HostSizes, HostUse } from '../../../../compute/fleet/host-api.ts';
import { bodyObject } from '../../../../lib/versioning/body-object.ts';
import { param, queryParams } from '../../../../lib/versioning/query-params.ts';
import { plainBody } from '../../../../lib/versioning/request-body.ts';
import { strictObject, stringEnum } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import { exactly, nothing } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';

type Deps = ComputeFaceDeps;

const window = { until: v.noHosts };

const hosts = exactly(strictObject({ hosts: t.Array(strictObject({ host_name: t.String(), service: t.String(), zone: t.String() })) }));

const resource = strictObject({
  host: t.String(),
  project: t.String(),
  cpu: t.Integer(),
  memory_mb: t.Integer(),
  disk_gb: t.Integer(),
});
const host = exactly(strictObject({ host: t.Array(strictObject({ resource })) }));

/** A row for each of a host's sums, and one for each project with servers on it. */
function rowsOf({ host: name, total, used, most, projects }: HostUse) {
  const row = (project: string, { vcpus, memoryMb, diskGb }: HostSizes) => ({
    resource: { host: name, project, cpu: vcpus, memory_mb: memoryMb, disk_gb: diskGb },
  });
  const sums = [row('(total)', total), row('(used_now)', used), row('(used_max)', most)];
  return [...sums, ...projects.map((one) => row(one.projectId, one))];
}

const onOrOff = stringEnum(['enable', 'disable', 'Enable', 'Disable', 'ENABLE', 'DISABLE']);
const isOn = (word: string | undefined) => (word === undefined ? undefined : word.toLowerCase() === 'enable');

const listHosts = route({
  ...window,
  method: 'GET',
  path: '/os-hosts',
  summary: 'List the enabled services with their hosts.',
  query: queryParams({ zone: param() }),
  status: 200,
  answers: hosts,
  handle: async ({ ctx, query }, { hosts: api }: Deps) =>
    ok({
      // Nova has names of services without their prefix here.
      hosts: (await api.list(ctx, query.zone)).map(({ host: host_name, binary, zone }) => ({
        host_name,
        service: binary.replace(/^nova-/, ''),
        zone,
      })),
    }),
});

const showHost = route({
  ...window,
  method: 'GET',
  path: '/os-hosts/{id}',
  summary: 'Show what a compute host has, and what is used of it, by project.',
  query: queryParams({}),
  status: 200,
  answers: host,
  handle: async ({ ctx, params }, { hosts: api }: Deps) => ok({ host: rowsOf(await api.show(ctx, params.id)) }),
});

const updateHost = route({
  ...window,
  method: 'PUT',
  path: '/os-hosts/{id}',
  summary: 'Enable a compute host for new servers, or disable it.',
  body: plainBody(
    bodyObject(
      { status: bodyField({ type: onOrOff }), maintenance_mode: bodyField({ type: onOrOff }) },
      { keywords: { anyOf: [{ required: ['status'] }, { required: ['maintenance_mode'] }] } },
    ),
  ),
  status: 200,
  answers: exactly(strictObject({ host: t.String(), status: t.Optional(t.String()), maintenance_mode: t.Optional(t.String()) })),
  handle: async ({ ctx, params, body }, { hosts: api }: Deps) => {
    const [isEnabled, isInMaintenance] = [isOn(body.status), isOn(body.maintenance_mode)];
    await api.update(ctx, params.id, { isEnabled, isInMaintenance });
    return ok({
      host: params.id,
      ...(isEnabled === undefined ? {} : { status: isEnabled ? 'enabled' : 'disabled' }),
      ...(isInMaintenance === undefined ? {} : { maintenance_mode: isInMaintenance ? 'on_maintenance' : 'off_maintenance' }),
    });
  },
});

const powerRoutes = (['startup', 'shutdown', 'reboot'] as const).map((what) =>
  route({
    ...window,
    method: 'GET',
    path: `/os-hosts/{id}/${what}`,
    summary: `Refused: ${what} of a machine is not in the power of its hypervisor.`,
    query: queryParams({}),
    status: 200,
    answers: nothing,
    handle: ({ ctx, params }, { hosts: api }: Deps) => api.power(ctx, params.id, what),
  }),
);

/** Hosts. */
export const hostRoutes = [listHosts, showHost, updateHost, ...powerRoutes];
