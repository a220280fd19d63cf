import { sql } from 'kysely';
import { saveHostReports } from '../src/db/stores/hosts/hosts.ts';
import type { CellDb } from '../src/db/sql/queries.ts';
import { beat } from '../src/db/stores/hosts/services.ts';
import { systemClock } from '../src/lib/clock/clock.ts';
import { systemIds } from '../src/lib/clock/ids.ts';
import type { Flavor } from '../src/objects/flavor.ts';
import type { HostReport } from '../src/objects/host-report.ts';
import { asId, type HostName } from '../src/objects/ids.ts';
import type { VmState } from '../src/objects/states.ts';

// Rows of compute hosts and servers, written by the same statements as for real hosts, so that a scheduler cannot tell the difference.

const RULES = { cpuAllocationRatio: 4, ramAllocationRatio: 1, diskAllocationRatio: 1, reservedMemoryMb: 512 };
/** Hosts that one statement writes. */
const AT_ONCE = 100;
/** How often each host reports. */
const REPORT_EVERY_MS = 10_000;

const reportOf = (host: string): HostReport => ({
  host: asId<HostName>(host),
  node: `${host}.example`,
  hostIp: '192.0.2.1',
  vcpus: 64,
  memoryMb: 262_144,
  localGb: 2_000,
  hypervisorType: 'QEMU',
  hypervisorVersion: 9_000_000,
  cpuInfo: {
    arch: 'x86_64',
    model: 'EPYC',
    vendor: 'AMD',
    topology: { cores: 16, threads: 2, sockets: 2 },
    features: ['aes', 'avx2', 'svm'],
  },
  supportedInstances: [
    ['x86_64', 'kvm', 'hvm'],
    ['i686', 'kvm', 'hvm'],
  ],
  uptime: `up ${Math.round(systemClock.monotonicMs())} ms`,
});

async function report(db: CellDb, names: readonly string[]): Promise<void> {
  await saveHostReports(db, names.map(reportOf), RULES, systemIds);
  await beat(
    db,
    names.map((host) => ({ id: systemIds.uuid(), binary: 'nova-compute', host, zone: 'nova' })),
  );
}

/** Inserts hosts of equal size with different loads. Returns them in groups, as programs with many hosts report them. */
export async function insertHosts(db: CellDb, count: number): Promise<readonly (readonly string[])[]> {
  const names = Array.from({ length: count }, (_, n) => `host-${n + 1}`);
  const groups = Array.from({ length: Math.ceil(count / AT_ONCE) }, (_, n) => names.slice(n * AT_ONCE, (n + 1) * AT_ONCE));
  for (const group of groups) await report(db, group);
  await sql`
    UPDATE inventories SET used = CASE resource_class WHEN 'VCPU' THEN number % 61 WHEN 'MEMORY_MB' THEN (number * 7919) % 200000 ELSE number % 997 END
    FROM compute_nodes WHERE compute_nodes.host = inventories.host`.execute(db);
  // After a minute autovacuum would have done this.
  await sql`VACUUM ANALYZE services, compute_nodes, inventories, host_changes`.execute(db);
  return groups;
}

/** Reports all hosts at their interval, one group after the other, until the signal aborts. */
export async function keepReporting(db: CellDb, groups: readonly (readonly string[])[], signal: AbortSignal): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    await systemClock.sleep(REPORT_EVERY_MS / groups.length, signal).catch(() => {});
    if (signal.aborted) return;
    await report(db, groups[turn % groups.length] ?? []);
  }
}

/** What the inserted servers have in common. */
interface Inserted {
  /** Their numbers are appended. */
  readonly name: string;
  readonly flavor: Flavor;
  readonly vmState: VmState;
  /** A workflow that is about to place them; without one they are idle. */
  readonly workflowId?: string;
}

/** Inserts servers that are on no host; returns their ids. */
export async function insertServers(db: CellDb, count: number, inserted: Inserted): Promise<readonly string[]> {
  const { name, flavor, vmState, workflowId = null } = inserted;
  const { rows } = await sql<{ id: string }>`
    INSERT INTO servers (
      id, project_id, user_id, name, hostname, vm_state, task_state, workflow_id, flavor, metadata, tags, scheduler_hints,
      security_groups, network_info, config_drive, disk_config, reservation_id, launch_index
    )
    SELECT gen_random_uuid(), 'bench', 'bench', ${name}::text || '-' || n, ${name}::text || '-' || n, ${vmState},
      ${workflowId === null ? null : 'scheduling'}, ${workflowId}, ${JSON.stringify(flavor)}, '{}', '[]', '{}', '[]', '[]', false, 'AUTO', 'r-bench', 0
    FROM generate_series(1, ${count}::integer) AS n RETURNING id`.execute(db);
  return rows.map(({ id }) => id);
}
