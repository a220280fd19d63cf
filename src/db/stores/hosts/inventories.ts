/** The capacity of hosts, by resource class. */
import { type RawBuilder, sql } from 'kysely';
import type { HostReport } from '../../../objects/host-report.ts';
import { dedicatedIn, sharedIn } from '../../../objects/numa/host-topology.ts';
import { countedByClass } from '../../../objects/pci/host-device.ts';
import { type Inventories, resourceClass } from '../../../objects/resources.ts';
import type { CellDb } from '../../sql/queries.ts';
import { catchViolation } from '../../sql/constraint-violation.ts';

/** How much of a host may be allocated: factors on its capacity, and memory reserved for the host. */
export interface AllocationRules {
  readonly cpuAllocationRatio: number;
  readonly ramAllocationRatio: number;
  readonly diskAllocationRatio: number;
  readonly reservedMemoryMb: number;
}

/** A report as one row for each resource class. */
const rowsOf = ({ host, topology, devices = [], customInventories = {}, ...report }: HostReport, rules: AllocationRules) => [
  {
    host,
    resource_class: resourceClass.vcpu,
    total: topology ? sharedIn(topology).length : report.vcpus,
    reserved: 0,
    allocation_ratio: rules.cpuAllocationRatio,
  },
  ...wholeOnes({
    ...customInventories,
    ...countedByClass(devices),
    [resourceClass.pcpu]: topology ? dedicatedIn(topology).length : 0,
  }).map((one) => ({
    host,
    ...one,
  })),
  {
    host,
    resource_class: resourceClass.memoryMb,
    total: report.memoryMb,
    reserved: rules.reservedMemoryMb,
    allocation_ratio: rules.ramAllocationRatio,
  },
  { host, resource_class: resourceClass.diskGb, total: report.localGb, reserved: 0, allocation_ratio: rules.diskAllocationRatio },
];

/** What is never allocated twice. */
const wholeOnes = (totals: Readonly<Record<string, number>>) =>
  Object.entries(totals)
    .filter(([, total]) => total > 0)
    .map(([resource_class, total]) => ({ resource_class, total, reserved: 0, allocation_ratio: 1 }));

/**
 * Saves the inventories of hosts in one statement, in the order in which all code locks inventories. Unchanged rows are not even locked:
 * hosts report often and change seldom. `used` is not theirs to report. A class that a host no longer reports stays with a total of 0, as
 * servers may have some of it. Unknown and deleted hosts are skipped.
 */
export async function saveInventories(db: CellDb, reports: readonly HostReport[], rules: AllocationRules): Promise<void> {
  const rows = reports.flatMap((report) => rowsOf(report, rules));
  const save = sql`
    WITH reported AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS said (host text, resource_class text, total integer, reserved integer, allocation_ratio double precision)
    ),
    said AS (
      SELECT * FROM reported UNION ALL
      SELECT host, resource_class, 0, 0, 1 FROM inventories AS former
      WHERE total > 0 AND host IN (SELECT host FROM reported)
        AND NOT EXISTS (SELECT FROM reported WHERE (reported.host, reported.resource_class) = (former.host, former.resource_class))
    )
    INSERT INTO inventories (host, resource_class, total, reserved, allocation_ratio)
    SELECT host, resource_class, said.total, said.reserved, said.allocation_ratio FROM said
    LEFT JOIN inventories AS known USING (host, resource_class)
    WHERE (known.total, known.reserved, known.allocation_ratio) IS DISTINCT FROM (said.total, said.reserved, said.allocation_ratio)
      AND EXISTS (SELECT FROM compute_nodes WHERE compute_nodes.host = said.host)
    ORDER BY host, resource_class
    ON CONFLICT (host, resource_class) DO UPDATE
      SET total = excluded.total, reserved = excluded.reserved, allocation_ratio = excluded.allocation_ratio`;
  // A host deleted at this moment fails the first try; the second skips it. If it happens again, the next report saves the rest.
  if ((await catchViolation(save.execute(db))) === 'dangling') await catchViolation(save.execute(db));
}

/** A host's inventories as JSON by class, in a query about that host. */
export const inventoriesOf = (host: string): RawBuilder<Inventories> => sql`(
  SELECT coalesce(json_object_agg(resource_class, json_build_object(
    'total', total, 'reserved', reserved, 'allocationRatio', allocation_ratio, 'used', used)), '{}')
  FROM inventories WHERE inventories.host = ${sql.ref(host)})`;
