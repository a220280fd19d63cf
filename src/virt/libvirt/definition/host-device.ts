/** PCI devices of the host that a guest has for itself. */
import type { PlacedDevice } from '../../../objects/pci/host-device.ts';
import { element, type XmlElement } from '../xml.ts';

/** A device as libvirt gives it to a guest. */
export function hostDevice({ address, isManaged }: PlacedDevice): XmlElement {
  const [domain = '', bus = '', slot = '', func = ''] = address.split(/[:.]/).map((part) => `0x${part}`);
  return element(
    'hostdev',
    { mode: 'subsystem', type: 'pci', managed: isManaged ? 'yes' : 'no' },
    element('source', {}, element('address', { domain, bus, slot, function: func })),
  );
}
