import { Type as t } from '@sinclair/typebox';
import { param, queryParams } from '../../../../lib/versioning/query-params.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../deps.ts';
import { v } from '../microversions.ts';
import { truthOf } from '../wire.ts';
import type { Pool } from '../../../../volume/api/fleet.ts';
import { VENDOR } from '../../../../objects/volume-host.ts';

const poolSchema = t.Object({ name: t.String(), capabilities: t.Optional(t.Record(t.String(), t.Unknown())) });

/** What a pool tells of itself, by the names that clients know. */
const capabilitiesOf = (pool: Pool) => ({
  volume_backend_name: pool.backendName,
  vendor_name: VENDOR,
  driver_version: pool.driverVersion,
  storage_protocol: pool.protocol,
  total_capacity_gb: pool.totalGb,
  free_capacity_gb: pool.freeGb,
  allocated_capacity_gb: pool.allocatedGb,
  provisioned_capacity_gb: pool.allocatedGb,
  reserved_percentage: 0,
  max_over_subscription_ratio: '20.0',
  thin_provisioning_support: true,
  thick_provisioning_support: false,
  QoS_support: false,
  multiattach: true,
  location_info: pool.name,
  timestamp: pool.reportedAt.toISOString(),
  backend_state: 'up',
});

const listPools = route({
  method: 'GET',
  path: '/scheduler-stats/get_pools',
  summary: 'List the pools of all volume hosts.',
  query: queryParams({ detail: param(), name: param({ since: v.poolFilters }), volume_type: param({ since: v.poolTypeFilter }) }),
  status: 200,
  answers: exactly(t.Object({ pools: t.Array(poolSchema) })),
  handle: async ({ ctx, query }, { volumes }: VolumeFaceDeps) => {
    const pools = await volumes.fleet.pools(ctx);
    const inDetail = truthOf(query.detail ?? '') === true;
    return ok({
      pools: pools
        .filter(({ name }) => query.name === undefined || name === query.name)
        .map((pool) => ({
          name: pool.name,
          ...(inDetail ? { capabilities: capabilitiesOf(pool) } : {}),
        })),
    });
  },
});

const capabilities = t.Record(t.String(), t.Unknown());

const showCapabilities = route({
  method: 'GET',
  path: '/capabilities/{id}',
  summary: 'Show what a backend can do.',
  status: 200,
  answers: exactly(capabilities),
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => {
    const { host, backendName, protocol, driverVersion, name } = await volumes.fleet.capabilities(ctx, params.id);
    return ok({
      namespace: `OS::Storage::Capabilities::${host}`,
      vendor_name: VENDOR,
      volume_backend_name: backendName,
      pool_name: name.split('#')[1] ?? null,
      driver_version: driverVersion,
      storage_protocol: protocol,
      display_name: null,
      description: null,
      visibility: null,
      replication_targets: [],
      properties: {
        thin_provisioning: { title: 'Thin Provisioning', description: 'Sets thin provisioning.', type: 'boolean' },
        compression: { title: 'Compression', description: 'Enables compression.', type: 'boolean' },
        qos: { title: 'QoS', description: 'Enables QoS.', type: 'boolean' },
        replication_enabled: { title: 'Replication', description: 'Enables replication.', type: 'boolean' },
      },
    });
  },
});

export const poolsRoutes = [listPools, showCapabilities];
