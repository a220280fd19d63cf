import { Type as t } from '@sinclair/typebox';
import type { Hypervisor } from '../../../../compute/fleet/hypervisor-api.ts';
import { onlySince } from '../../../../lib/versioning/only-since.ts';
import { embedded, field, omit, resource, variants } from '../../../../lib/versioning/resource.ts';
import { nullable, strictObject } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';

const id = variants(
  field(t.Integer(), (hypervisor: Hypervisor) => hypervisor.number, { until: v.uuidsOfServices }),
  field(t.String({ format: 'uuid' }), (hypervisor: Hypervisor) => hypervisor.id, { since: v.uuidsOfServices }),
);

const hosted = t.Optional(t.Array(strictObject({ name: t.String(), uuid: t.String({ format: 'uuid' }) })));
const hostedIn = ({ hosted: servers }: Hypervisor) => servers?.map(({ id: uuid, name }) => ({ uuid, name }));

/** Servers are shown on request; an empty list is shown only since unknown keys are refused. */
const servers = variants(
  field(
    hosted,
    (hypervisor: Hypervisor) => {
      const found = hostedIn(hypervisor);
      return found && found.length > 0 ? found : omit;
    },
    { until: v.strictKeys },
  ),
  field(hosted, (hypervisor: Hypervisor) => hostedIn(hypervisor) ?? omit, { since: v.strictKeys }),
);

const brief = {
  id,
  hypervisor_hostname: field(t.String(), (hypervisor: Hypervisor) => hypervisor.node),
  state: field(t.String(), (hypervisor: Hypervisor) => (hypervisor.isUp ? 'up' : 'down')),
  status: field(t.String(), (hypervisor: Hypervisor) => (hypervisor.service.disabled ? 'disabled' : 'enabled')),
};

/** A hypervisor in the short list, with its servers on request. */
export const hypervisorSummary = resource<Hypervisor>()('hypervisor', { ...brief, servers });

/** A hypervisor with its uptime. */
export const hypervisorUptime = resource<Hypervisor>()('hypervisor uptime', {
  ...brief,
  uptime: field(nullable(t.String()), (hypervisor) => hypervisor.uptime),
});

const service = resource<Hypervisor>()('service of a hypervisor', {
  id: variants(
    field(t.Integer(), (hypervisor) => hypervisor.service.number, { until: v.uuidsOfServices }),
    field(t.String({ format: 'uuid' }), (hypervisor) => hypervisor.service.id, { since: v.uuidsOfServices }),
  ),
  host: field(t.String(), (hypervisor) => hypervisor.host),
  disabled_reason: field(nullable(t.String()), (hypervisor) => hypervisor.service.disabledReason),
});

/** Capacity fields were removed in favour of Placement. */
const fat = { until: v.leanHypervisors };
const size = (read: (hypervisor: Hypervisor) => number) => field(t.Integer(), read, fat);

/** Used amounts include the host's reserved amounts. */
export const memoryUsed = ({ memoryMbUsed, reservedMemoryMb }: Hypervisor): number => memoryMbUsed + reservedMemoryMb;

/** A hypervisor in full (reference: rest bodies, "os-hypervisors"). */
export const hypervisorView = resource<Hypervisor>()('hypervisor in full', {
  ...brief,
  host_ip: field(nullable(t.String()), (hypervisor) => hypervisor.hostIp),
  hypervisor_type: field(t.String(), (hypervisor) => hypervisor.hypervisorType),
  hypervisor_version: field(t.Integer(), (hypervisor) => hypervisor.hypervisorVersion),
  service: embedded(service, (hypervisor) => hypervisor),
  cpu_info: variants(
    field(t.String(), (hypervisor) => JSON.stringify(hypervisor.cpuInfo), { until: v.cpuInfoObject }),
    field(t.Record(t.String(), t.Unknown()), (hypervisor) => ({ ...hypervisor.cpuInfo }), { since: v.cpuInfoObject, ...fat }),
  ),
  vcpus: size((hypervisor) => hypervisor.vcpus),
  vcpus_used: size((hypervisor) => hypervisor.vcpusUsed),
  memory_mb: size((hypervisor) => hypervisor.memoryMb),
  memory_mb_used: size(memoryUsed),
  free_ram_mb: size((hypervisor) => hypervisor.memoryMb - memoryUsed(hypervisor)),
  local_gb: size((hypervisor) => hypervisor.localGb),
  local_gb_used: size((hypervisor) => hypervisor.localGbUsed),
  free_disk_gb: size((hypervisor) => hypervisor.localGb - hypervisor.localGbUsed),
  disk_available_least: size((hypervisor) => hypervisor.localGb - hypervisor.localGbUsed),
  running_vms: size((hypervisor) => hypervisor.servers),
  current_workload: size((hypervisor) => hypervisor.busyServers),
  ...onlySince<Hypervisor>(v.uuidsOfServices, { servers }),
  uptime: field(nullable(t.String()), (hypervisor) => (hypervisor.isUp ? hypervisor.uptime : null), { since: v.leanHypervisors }),
});
