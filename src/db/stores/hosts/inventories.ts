/** What hosts have, by resource class. */
import { type RawBuilder, sql } from 'kysely';
import type { HostReport } from '../../../objects/host-report.ts';
import { type Inventories, resourceClass } from '../../../objects/resources.ts';
import type { CellDb } from '../../sql/queries.ts';
import { stored } from '../../sql/unique-violation.ts';

/** How much of a host may be promised: factors on its capacity, and memory kept for the host itself. */
export interface AllocationRules {
  readonly cpuAllocationRatio: number;
  readonly ramAllocationRatio: number;
  readonly diskAllocationRatio: number;
  readonly reservedMemoryMb: number;
}

/** What a host that reports this has of each class. */
const rowsOf = ({ host, ...report }: HostReport, rules: AllocationRules) => [
  { host, resource_class: resourceClass.vcpu, total: report.vcpus, reserved: 0, allocation_ratio: rules.cpuAllocationRatio },
  {
    host,
    resource_class: resourceClass.memoryMb,
    total: report.memoryMb,
    reserved: rules.reservedMemoryMb,
    allocation_ratio: rules.ramAllocationRatio,
  },
  { host, resource_class: resourceClass.diskGb, total: report.localGb, reserved: 0, allocation_ratio: rules.diskAllocationRatio },
];

/**
 * Writes down what hosts have, in one statement for all of them, in the order in which everybody locks inventories. What is as it was is not
 * even locked: hosts report often and change seldom. What is used of it is not theirs to say. Hosts that are not known (any more) are left out.
 */
export async function saveInventories(db: CellDb, reports: readonly HostReport[], rules: AllocationRules): Promise<void> {
  const rows = reports.flatMap((report) => rowsOf(report, rules));
  const save = sql`
    INSERT INTO inventories (host, resource_class, total, reserved, allocation_ratio)
    SELECT host, resource_class, said.total, said.reserved, said.allocation_ratio
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS said (host text, resource_class text, total integer, reserved integer, allocation_ratio double precision)
    LEFT JOIN inventories AS known USING (host, resource_class)
    WHERE (known.total, known.reserved, known.allocation_ratio) IS DISTINCT FROM (said.total, said.reserved, said.allocation_ratio)
      AND EXISTS (SELECT FROM compute_nodes WHERE compute_nodes.host = said.host)
    ORDER BY host, resource_class
    ON CONFLICT (host, resource_class) DO UPDATE
      SET total = excluded.total, reserved = excluded.reserved, allocation_ratio = excluded.allocation_ratio`;
  // A host that is removed at this very moment is known to the first look and not to the second. Where it comes and goes, the next report will do.
  if ((await stored(save.execute(db))) === 'dangling') await stored(save.execute(db));
}

/** What a host has as JSON by class, in a query about that host. */
export const inventoriesOf = (host: string): RawBuilder<Inventories> => sql`(
  SELECT coalesce(json_object_agg(resource_class, json_build_object(
    'total', total, 'reserved', reserved, 'allocationRatio', allocation_ratio, 'used', used)), '{}')
  FROM inventories WHERE inventories.host = ${sql.ref(host)})`;
