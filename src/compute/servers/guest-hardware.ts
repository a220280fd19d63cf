/** Refuses requests for guests with hardware that no host could give them. */
import { isDeepStrictEqual } from 'node:util';
import { errorType } from '../../lib/errors/error-type.ts';
import type { Flavor } from '../../objects/flavor.ts';
import { HardwareInvalid } from '../../objects/hardware/errors.ts';
import { hardwareOf } from '../../objects/hardware/hardware.ts';
import { wantedTopology } from '../../objects/numa/wanted-topology.ts';
import { type DeviceAliases, deviceRequestsOf } from '../../objects/pci/device-request.ts';
import type { ImageMeta } from '../../objects/image.ts';
import type { Server } from '../../objects/server.ts';
import { invalidHardwareSpec } from '../flavors/known-extra-specs.ts';

/** The data in an emulated TPM would be lost. */
export const OperationNotSupportedForTpm = errorType(
  'OperationNotSupportedForTpm',
  'conflict',
  (p: { operation: string; id: string }) => `Operation '${p.operation}' not supported for vTPM-enabled instance (${p.id}).`,
);

/** A rebuild stays where it is, with the CPUs and nodes that the server has there. */
const NumaTopologyChanged = errorType(
  'NumaTopologyChanged',
  'invalid',
  () => "An instance's NUMA topology cannot be changed as part of a rebuild. The image provided is invalid for this instance.",
);

/** What flavor and image ask for must be possible together; whether a host has it, the scheduler finds out. */
export function checkHardware(flavor: Flavor, image: Pick<ImageMeta, 'properties'>): void {
  const because = invalidHardwareSpec(flavor.extraSpecs);
  if (because !== undefined) throw HardwareInvalid({ because });
  hardwareOf({ flavor, properties: image.properties });
}

/** A flavor as a server keeps it: with the PCI devices that its aliases mean now. Refuses an alias that nobody has defined. */
export function withDevices(flavor: Flavor, image: Pick<ImageMeta, 'properties'> | null, aliases: DeviceAliases): Flavor {
  const devices = deviceRequestsOf(flavor.extraSpecs, image?.properties ?? {}, aliases);
  return devices.length === 0 ? flavor : { ...flavor, devices };
}

/** Refuses what would make the guest anew elsewhere: nobody but its host has the data of its TPM. */
export function checkNoTpm({ id, flavor, image }: Pick<Server, 'id' | 'flavor' | 'image'>, operation: 'evacuate' | 'shelve'): void {
  const { tpm } = hardwareOf({ flavor, properties: image?.properties ?? {} });
  if (tpm) throw OperationNotSupportedForTpm({ operation, id });
}

/** Refuses to rebuild a server from an image with which it would want other CPUs, nodes or pages. */
export function checkSameNodes({ flavor, image }: Pick<Server, 'flavor' | 'image'>, next: Pick<ImageMeta, 'properties'>): void {
  if (!isDeepStrictEqual(wantedTopology({ flavor, image }), wantedTopology({ flavor, image: next }))) throw NumaTopologyChanged({});
}
