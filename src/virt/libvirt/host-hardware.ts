/** What hardware a host can give to guests, as traits: from libvirt's descriptions of the kinds of machine that the guests here can be. */
import { is } from '@nova-ts/libvirt';
import { hostTrait } from '../../objects/hardware/required-traits.ts';
import { diskBuses } from './definition/disk-places.ts';
import type { VirtType } from './definition/domain-parts.ts';
import type { LibvirtLink } from './link.ts';
import { attributeOf, childrenOf, elementAt, readXml, textIn } from './read-xml.ts';
import type { XmlElement } from './xml.ts';

/**
 * What of the limits of flavors a host can enforce: CPU time takes control groups, network cards take the kernel's traffic control, locks on
 * memory and real-time priorities take the right to exceed limits.
 */
export interface EnforcedLimits {
  readonly cpu: boolean;
  readonly vif: boolean;
  readonly locks: boolean;
}

const machines = ['pc', 'q35'] as const;

/** Network cards and sound cards of QEMU for x86; libvirt does not list them. */
const vifModels = ['virtio', 'e1000', 'e1000e', 'rtl8139', 'ne2k_pci', 'pcnet'] as const;
const soundModels = ['sb16', 'es1370', 'ac97', 'ich6', 'ich9'] as const;

/** The traits of the host's hardware for guests. */
export const hardwareTraits = (link: LibvirtLink, options: { virtType: VirtType; limits: EnforcedLimits }): Promise<readonly string[]> =>
  link.call('report what its guests can have', async (libvirt) => {
    const traits = new Set([hostTrait.bios, ...vifModels.map(hostTrait.vif), ...soundModels.map(hostTrait.sound)]);
    for (const machine of machines) {
      const described = await libvirt.domainCapabilities(undefined, 'x86_64', machine, options.virtType).catch((error: unknown) => {
        if (is(error, 'invalid-arg', 'config-unsupported')) return undefined;
        throw error;
      });
      if (described === undefined) continue;
      traits.add(hostTrait.machine(machine));
      for (const trait of traitsIn(described)) traits.add(trait);
    }
    if (options.virtType === 'kvm') for (const mode of ['emulate', 'passthrough'] as const) traits.add(hostTrait.addressSpace(mode));
    if (options.limits.locks) traits.add(hostTrait.lockedMemory);
    if (options.limits.cpu) traits.add(hostTrait.cpuLimits);
    if (options.limits.vif) traits.add(hostTrait.vifLimits);
    return [...traits].toSorted();
  });

/** The traits that a description of a kind of machine stands for. */
export function traitsIn(document: string): readonly string[] {
  const described = readXml(document);
  const isUefi = membersOf(described, ['os'], 'firmware').includes('efi');
  const tpm = ['devices', 'tpm'];
  const hasEmulatedTpm = membersOf(described, tpm, 'backendModel').includes('emulator');
  return [
    ...(isUefi ? [hostTrait.uefi] : []),
    ...(isUefi && membersOf(described, ['os', 'loader'], 'secure').includes('yes') ? [hostTrait.secureBoot] : []),
    ...(hasEmulatedTpm ? membersOf(described, tpm, 'backendVersion').map(hostTrait.tpmVersion) : []),
    ...(hasEmulatedTpm ? membersOf(described, tpm, 'model').map(hostTrait.tpmModel) : []),
    ...membersOf(described, ['devices', 'video'], 'modelType').map(hostTrait.video),
    ...membersOf(described, ['devices', 'disk'], 'bus')
      .filter((bus) => diskBuses.some((known) => known === bus))
      .map(hostTrait.diskBus),
  ];
}

/** The values of an enumeration within the element down a path. */
function membersOf(described: XmlElement, path: readonly string[], name: string): readonly string[] {
  const enumeration = childrenOf(elementAt(described, ...path), 'enum').find((one) => attributeOf(one, 'name') === name);
  return childrenOf(enumeration, 'value').flatMap((value) => textIn(value) ?? []);
}
