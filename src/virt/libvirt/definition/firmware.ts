/** What a guest boots: firmware, kernel, boot menu. */
import { imageIn } from '../../../objects/guest-spec.ts';
import type { GuestHardware } from '../../../objects/hardware/hardware.ts';
import { machineOf } from '../../../objects/hardware/machine.ts';
import { element, type XmlElement } from '../xml.ts';
import type { DomainParts } from './domain-parts.ts';

const DEFAULT_COMMAND_LINE = 'root=/dev/vda console=ttyS0';

/** How long a boot menu waits for a key. */
const BOOT_MENU_MS = 10_000;

/** The element `os`. */
export const operatingSystem = (parts: DomainParts, hardware: GuestHardware): XmlElement => {
  const { kernel, ramdisk, disks, guest, nvram } = parts;
  const isUefi = hardware.firmware === 'uefi';
  // libvirt allows one or the other way to say what to boot from.
  const isNamed = disks.some(({ isBooted }) => isBooted);
  return element(
    'os',
    isUefi ? { firmware: 'efi' } : {},
    element('type', { arch: 'x86_64', machine: machineOf(hardware) }, 'hvm'),
    isUefi ? secureBootOf(hardware) : undefined,
    isUefi ? element('nvram', {}, nvram) : undefined,
    kernel === undefined ? undefined : element('kernel', {}, kernel),
    kernel === undefined || ramdisk === undefined ? undefined : element('initrd', {}, ramdisk),
    kernel === undefined ? undefined : element('cmdline', {}, imageIn(guest)?.properties['os_command_line'] ?? DEFAULT_COMMAND_LINE),
    kernel === undefined && !isNamed ? element('boot', { dev: 'hd' }) : undefined,
    hardware.hasBootMenu ? element('bootmenu', { enable: 'yes', timeout: BOOT_MENU_MS }) : undefined,
  );
};

/** libvirt chooses the firmware that has these features; where Secure Boot is optional, the best that the host has. */
const secureBootOf = ({ secureBoot }: GuestHardware): XmlElement | undefined => {
  if (secureBoot === 'optional') return undefined;
  if (secureBoot === 'disabled') return element('firmware', {}, feature('secure-boot', 'no'));
  return element('firmware', {}, feature('secure-boot', 'yes'), feature('enrolled-keys', 'yes'));
};

const feature = (name: string, enabled: 'yes' | 'no'): XmlElement => element('feature', { enabled, name });
