import { sql } from 'kysely';
import type { Queries } from '../src/db/stores/queries.ts';

// Rows as compute hosts and servers leave them, made in bulk: a scheduler cannot tell them from those of real processes.

/** Hosts called `host-1` and on: alike in size, each with a load of its own. */
export async function insertHosts(db: Queries, count: number): Promise<void> {
  await sql`
    INSERT INTO services (id, "binary", host, zone)
    SELECT gen_random_uuid(), 'nova-compute', 'host-' || n, 'nova' FROM generate_series(1, ${count}::integer) AS n`.execute(db);
  await sql`
    INSERT INTO compute_nodes (
      id, host, node, host_ip, vcpus, memory_mb, local_gb, vcpus_used, memory_mb_used, local_gb_used,
      cpu_allocation_ratio, ram_allocation_ratio, disk_allocation_ratio, reserved_memory_mb,
      hypervisor_type, hypervisor_version, cpu_info, supported_instances, uptime
    )
    SELECT gen_random_uuid(), 'host-' || n, 'host-' || n, '192.0.2.1', 64, 262144, 2000, n % 61, (n * 7919) % 200000, n % 997,
      4, 1, 1, 512, 'QEMU', 9000000,
      '{"arch": "x86_64", "model": "EPYC", "vendor": "AMD", "topology": {"cores": 16, "threads": 2, "sockets": 2}, "features": []}',
      '[["x86_64", "kvm", "hvm"], ["i686", "kvm", "hvm"]]', 'up 3 days'
    FROM generate_series(1, ${count}::integer) AS n`.execute(db);
  await sql`ANALYZE services, compute_nodes`.execute(db);
}

/** Servers that are yet to be placed; their ids. */
export async function insertServers(db: Queries, count: number): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    INSERT INTO servers (
      id, project_id, user_id, name, hostname, vm_state, flavor, metadata, tags, scheduler_hints, security_groups, network_info,
      config_drive, disk_config, reservation_id, launch_index
    )
    SELECT gen_random_uuid(), 'bench', 'bench', 'bench-' || n, 'bench-' || n, 'building', '{}', '{}', '[]', '{}', '[]', '[]',
      false, 'AUTO', 'r-bench', 0
    FROM generate_series(1, ${count}::integer) AS n RETURNING id`.execute(db);
  return rows.map(({ id }) => id);
}
