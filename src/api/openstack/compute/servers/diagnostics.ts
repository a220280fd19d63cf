/** Looking into guests: GET /servers/{id}/diagnostics. */
import { type Static, type TSchema, Type as t } from '@sinclair/typebox';
import type { ServerDiagnostics } from '../../../../compute/servers/diagnostics-api.ts';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { nullable, strictObject } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import type { Diagnostics } from '../../../../objects/diagnostics.ts';
import { powerState } from '../../../../objects/states.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';
import type { ServerFaceDeps } from './deps.ts';

type Deps = ServerFaceDeps;

const noQuery = queryParams({}, { strict: { since: v.flavorNameFilter } });
const count = nullable(t.Integer());
const text = nullable(t.String());

const nic = Object.fromEntries(
  ['rx', 'tx'].flatMap((way) => ['drop', 'errors', 'octets', 'packets', 'rate'].map((what) => [`${way}_${what}`, count])),
) as Record<string, TSchema>;

/** One shape for every hypervisor. */
const standard = strictObject({
  config_drive: t.Boolean(),
  state: powerState,
  driver: t.String(),
  hypervisor: text,
  hypervisor_os: text,
  uptime: count,
  num_cpus: count,
  num_nics: count,
  num_disks: count,
  memory_details: strictObject({ maximum: count, used: count }),
  cpu_details: t.Array(strictObject({ id: count, time: count, utilisation: count })),
  nic_details: t.Array(strictObject({ mac_address: text, ...nic })),
  disk_details: t.Array(
    strictObject({ read_bytes: count, read_requests: count, write_bytes: count, write_requests: count, errors_count: count }),
  ),
});

/** What Nova calls the driver; simulated guests have the shape of libvirt's. */
const DRIVER = 'libvirt';

const way = (name: 'rx' | 'tx', { octets, packets, errors, drops }: Diagnostics['nics'][number]['sent']) => ({
  [`${name}_octets`]: octets,
  [`${name}_packets`]: packets,
  [`${name}_errors`]: errors,
  [`${name}_drop`]: drops,
  [`${name}_rate`]: null,
});

const mib = (kib: number | undefined) => (kib === undefined ? null : Math.round(kib / 1024));

function standardOf({ counted, server, uptimeSeconds }: ServerDiagnostics): Static<typeof standard> {
  const { state, hypervisor, hypervisorOs, cpus, nics, disks, memoryKib } = counted;
  return {
    config_drive: server.configDrive,
    state,
    driver: DRIVER,
    hypervisor,
    hypervisor_os: hypervisorOs,
    uptime: uptimeSeconds,
    num_cpus: cpus.length,
    num_nics: nics.length,
    num_disks: disks.length,
    memory_details: { maximum: mib(memoryKib['maximum']), used: mib(memoryKib['actual']) },
    cpu_details: cpus.map(({ id, timeNs }) => ({ id, time: timeNs, utilisation: null })),
    nic_details: nics.map(({ macAddress, received, sent }) => ({ mac_address: macAddress, ...way('rx', received), ...way('tx', sent) })),
    disk_details: disks.map(({ readBytes, readRequests, writeBytes, writeRequests, errors }) => ({
      read_bytes: readBytes,
      read_requests: readRequests,
      write_bytes: writeBytes,
      write_requests: writeRequests,
      errors_count: errors,
    })),
  };
}

const known = (number: number | null): number => number ?? -1;

/** The flat record of before: one key for each number, under libvirt's names; -1 is what libvirt does not know. */
function flatOf({ counted: { cpus, nics, disks, memoryKib } }: ServerDiagnostics): Record<string, number> {
  const { maximum = 0, ...memory } = memoryKib;
  return Object.fromEntries([
    ...cpus.map(({ id, timeNs }) => [`cpu${id}_time`, known(timeNs)]),
    ...disks.flatMap(({ device, readRequests, readBytes, writeRequests, writeBytes, errors }) => [
      [`${device}_read_req`, known(readRequests)],
      [`${device}_read`, known(readBytes)],
      [`${device}_write_req`, known(writeRequests)],
      [`${device}_write`, known(writeBytes)],
      [`${device}_errors`, known(errors)],
    ]),
    ['memory', maximum],
    ...Object.entries(memory).map(([name, kib]) => [`memory-${name}`, kib]),
    ...nics.flatMap(({ device, received, sent }) =>
      (
        [
          ['rx', received],
          ['tx', sent],
        ] as const
      ).flatMap(([name, { octets, packets, errors, drops }]) => [
        [`${device}_${name}`, known(octets)],
        [`${device}_${name}_packets`, known(packets)],
        [`${device}_${name}_errors`, known(errors)],
        [`${device}_${name}_drop`, known(drops)],
      ]),
    ),
  ]);
}

const asked = { method: 'GET', path: '/servers/{id}/diagnostics', query: noQuery, status: 200 } as const;

/** Diagnostics in their two shapes. */
export const diagnosticsRoutes = [
  route({
    ...asked,
    summary: 'Read what the hypervisor counts of a running guest, under the names of the hypervisor.',
    until: v.standardDiagnostics,
    answers: exactly(t.Record(t.String(), t.Integer())),
    handle: async ({ ctx, params }, { diagnostics }: Deps) => ok(flatOf(await diagnostics.diagnostics(ctx, params.id))),
  }),
  route({
    ...asked,
    summary: 'Read what the hypervisor counts of a running guest.',
    since: v.standardDiagnostics,
    answers: exactly(standard),
    handle: async ({ ctx, params }, { diagnostics }: Deps) => ok(standardOf(await diagnostics.diagnostics(ctx, params.id))),
  }),
];
