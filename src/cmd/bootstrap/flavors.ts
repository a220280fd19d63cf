import { insertFlavor } from '../../db/stores/flavors/flavors.ts';
import type { CloudDb } from '../../db/sql/queries.ts';

/** The flavors of a new cloud: id, name, memory in MB, virtual CPUs, root disk in GB. */
const flavors = [
  ['1', 'm1.tiny', 512, 1, 1],
  ['2', 'm1.small', 2048, 1, 20],
  ['3', 'm1.medium', 4096, 2, 40],
  ['4', 'm1.large', 8192, 4, 80],
  ['5', 'm1.xlarge', 16384, 8, 160],
  ['42', 'm1.nano', 128, 1, 1],
  ['84', 'm1.micro', 192, 1, 1],
] as const;

/** Adds the usual flavors; existing ones are left alone. */
export async function bootstrapFlavors(db: CloudDb): Promise<void> {
  for (const [id, name, ramMb, vcpus, rootGb] of flavors)
    await insertFlavor(db, {
      id,
      name,
      ramMb,
      vcpus,
      rootGb,
      ephemeralGb: 0,
      swapMb: 0,
      rxtxFactor: 1,
      isPublic: true,
      disabled: false,
      description: null,
      extraSpecs: {},
    });
}
