import { Type as t } from '@sinclair/typebox';
import type { Hypervisor, HypervisorKey } from '../../../../compute/fleet/hypervisor-api.ts';
import { HttpFault } from '../../../../lib/http/http-fault.ts';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { strictObject } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import { envelope, exactly } from '../../../pipeline/answer.ts';
import { type ApiRequest, ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { isRowNumber, uuidIn } from '../ids-in-urls.ts';
import { withServersParam } from './lists.ts';
import { hypervisorUptime, hypervisorView, memoryUsed } from './view.ts';

type Deps = ComputeFaceDeps;

/** Before uuids, a malformed id is 404; since then it is 400. */
function keyIn(id: string, at: ApiRequest['at']): HypervisorKey {
  if (at(v.uuidsOfServices)) return { id: uuidIn(id) };
  if (!isRowNumber(id)) throw new HttpFault(404, `Hypervisor with ID '${id}' could not be found.`);
  return { number: Number(id) };
}

export const showHypervisor = route({
  method: 'GET',
  path: '/os-hypervisors/{id}',
  summary: 'Show a hypervisor.',
  policy: 'os_compute_api:os-hypervisors:show',
  query: queryParams(withServersParam, { strict: { since: v.uuidsOfServices } }),
  status: 200,
  answers: envelope('hypervisor', hypervisorView),
  handle: async ({ ctx, params, query, at }, { hypervisors }: Deps) =>
    ok(await hypervisors.find(ctx, keyIn(params.id, at), { withServers: query.with_servers ?? false })),
});

export const showHypervisorUptime = route({
  method: 'GET',
  path: '/os-hypervisors/{id}/uptime',
  summary: 'Show the uptime of a hypervisor.',
  until: v.leanHypervisors,
  policy: 'os_compute_api:os-hypervisors:uptime',
  query: queryParams({}),
  status: 200,
  answers: envelope('hypervisor', hypervisorUptime),
  handle: async ({ ctx, params, at }, { hypervisors }: Deps) => ok(await hypervisors.uptime(ctx, keyIn(params.id, at))),
});

/** The fields that are summed over all hypervisors. */
const sums = {
  vcpus: (one: Hypervisor) => one.vcpus,
  vcpus_used: (one: Hypervisor) => one.vcpusUsed,
  memory_mb: (one: Hypervisor) => one.memoryMb,
  memory_mb_used: memoryUsed,
  free_ram_mb: (one: Hypervisor) => one.memoryMb - memoryUsed(one),
  local_gb: (one: Hypervisor) => one.localGb,
  local_gb_used: (one: Hypervisor) => one.localGbUsed,
  free_disk_gb: (one: Hypervisor) => one.localGb - one.localGbUsed,
  disk_available_least: (one: Hypervisor) => one.localGb - one.localGbUsed,
  running_vms: (one: Hypervisor) => one.servers,
  current_workload: (one: Hypervisor) => one.busyServers,
};

const summed = strictObject(Object.fromEntries(['count', ...Object.keys(sums)].map((key) => [key, t.Integer()])));

export const hypervisorStatistics = route({
  method: 'GET',
  path: '/os-hypervisors/statistics',
  summary: 'Show statistics over all hypervisors.',
  until: v.leanHypervisors,
  query: queryParams({}),
  status: 200,
  answers: exactly(strictObject({ hypervisor_statistics: summed })),
  handle: async ({ ctx }, { hypervisors }: Deps) => {
    const all = await hypervisors.statistics(ctx);
    const totals = Object.entries(sums).map(([key, of]): [string, number] => [key, all.reduce((sum, one) => sum + of(one), 0)]);
    return ok({ hypervisor_statistics: { count: all.length, ...Object.fromEntries(totals) } });
  },
});
