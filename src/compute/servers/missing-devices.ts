/** Refuses flavors that ask for devices which no host here can give: waiting for a host would end with none found. */
import { errorType } from '../../lib/errors/error-type.ts';
import type { Flavor } from '../../objects/flavor.ts';
import { resourceClass } from '../../objects/resources.ts';

/** Accelerators are described by a service of their own, which is not there: it has no profile of any name. */
export const DeviceProfileUnknown = errorType(
  'DeviceProfileUnknown',
  'invalid',
  (p: { name: string }) => `Device profile name ${p.name}: Expected 1 device profile but got nothing.`,
);

export const DeviceMissing = errorType(
  'DeviceMissing',
  'invalid',
  (p: { what: string; spec: string }) => `No host can give ${p.what}, which the flavor asks for by ${p.spec}.`,
);

/** The classes of resources that hosts have; an operator may give them some of custom classes. */
const CLASSES = new Set<string>(Object.values(resourceClass));

/** A resource, alone or in a group: `resources:VGPU`, `resources_net:CUSTOM_NIC`. */
const RESOURCE = /^resources[a-zA-Z0-9_-]{0,64}:(.+)$/;

export function checkDevices({ extraSpecs }: Pick<Flavor, 'extraSpecs'>): void {
  const { 'accel:device_profile': name, 'hw:pmem': pmem } = extraSpecs;
  if (name) throw DeviceProfileUnknown({ name });
  if (pmem) throw DeviceMissing({ what: `the persistent memory ${pmem}`, spec: 'hw:pmem' });
  for (const [spec, amount] of Object.entries(extraSpecs)) {
    const [, resource] = RESOURCE.exec(spec) ?? [];
    if (resource !== undefined && !CLASSES.has(resource) && !resource.startsWith('CUSTOM_') && Number(amount) > 0)
      throw DeviceMissing({ what: `resources of the class ${resource}`, spec });
  }
}
