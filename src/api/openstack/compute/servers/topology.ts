/** The nodes of a server's guest: GET /servers/{id}/topology. */
import { Type as t } from '@sinclair/typebox';
import type { ServerTopology } from '../../../../compute/servers/topology-api.ts';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { nullable, strictObject } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';
import type { ServerFaceDeps } from './deps.ts';

const cpus = t.Array(t.Integer());

/** Where its nodes and CPUs are on the host is for those who may know the host. */
const node = strictObject({
  vcpu_set: cpus,
  siblings: t.Array(cpus),
  memory_mb: t.Integer(),
  host_node: t.Optional(t.Integer()),
  cpu_pinning: t.Optional(t.Record(t.String({ pattern: '^[0-9]+$' }), t.Integer())),
});

const viewOf = ({ placement, threads, showsHost }: ServerTopology) => ({
  nodes: (placement?.nodes ?? []).map(({ hostNode, cpus: all, memoryMb, pins }) => ({
    vcpu_set: all,
    siblings: threads > 1 ? chunks(all, threads) : [],
    memory_mb: memoryMb,
    ...(showsHost && { host_node: hostNode, cpu_pinning: Object.fromEntries(pins.map(({ cpu, on }) => [String(cpu), on])) }),
  })),
  pagesize_kb: placement?.pageKib ?? null,
});

const chunks = (all: readonly number[], size: number): number[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));

/** The topology. */
export const topologyRoutes = [
  route({
    method: 'GET',
    path: '/servers/{id}/topology',
    summary: 'Show the NUMA nodes, CPUs and pages of a server.',
    query: queryParams({}, { strict: { since: v.flavorNameFilter } }),
    since: v.topology,
    status: 200,
    answers: exactly(strictObject({ nodes: t.Array(node), pagesize_kb: nullable(t.Integer()) })),
    handle: async ({ ctx, params }, { topology }: ServerFaceDeps) => ok(viewOf(await topology.show(ctx, params.id))),
  }),
];
