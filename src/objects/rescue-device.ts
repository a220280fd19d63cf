/** How a rescue image is attached to a guest (Nova's "stable device rescue"). */
import { type Static, Type as t } from '@sinclair/typebox';
import { imageProperty } from './image-properties.ts';

const words = <const T extends string>(...all: readonly T[]) => t.Union(all.map((one) => t.Literal(one)));

/** A further device beside the server's own disks, from which the guest boots. */
export const rescueDevice = t.Object({ device: words('disk', 'cdrom'), bus: words('virtio', 'ide', 'scsi', 'sata', 'usb') });
export type RescueDevice = Static<typeof rescueDevice>;

/**
 * The device that a rescue image asks for; null if it asks for none: its disk is then the first, and the server's root disk the second.
 * `unsupported` if no hypervisor here has such a device.
 */
export function rescueDeviceOf(properties: Readonly<Record<string, string>>): RescueDevice | null | 'unsupported' {
  const device = imageProperty(properties, 'hw_rescue_device');
  const bus = imageProperty(properties, 'hw_rescue_bus');
  if (device === undefined && bus === undefined) return null;
  const asked = { device: device ?? 'disk', bus: bus ?? (device === 'cdrom' ? 'ide' : 'virtio') };
  const known = devices.find((one) => one.device === asked.device && one.bus === asked.bus);
  return known ?? 'unsupported';
}

/** A CD-ROM cannot be on the virtio bus. */
const devices: readonly RescueDevice[] = [
  { device: 'disk', bus: 'virtio' },
  ...(['ide', 'scsi', 'sata', 'usb'] as const).flatMap((bus) => [{ device: 'disk', bus } as const, { device: 'cdrom', bus } as const]),
];
