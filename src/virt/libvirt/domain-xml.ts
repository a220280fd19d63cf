import type { GuestSpec } from '../../objects/guest-spec.ts';
import type { Vif } from '../../objects/network-info.ts';
import type { GuestDisk } from './guest-disks.ts';
import { serverMark } from './server-mark.ts';
import { element, render, type XmlElement } from './xml.ts';

/** How guests run: emulated, or with hardware virtualisation. */
export type VirtType = 'qemu' | 'kvm';

/** A guest and the absolute paths of its files on this host. */
export interface DomainParts {
  readonly guest: GuestSpec;
  readonly virtType: VirtType;
  /** The directory of the driver that created it; see the server mark. */
  readonly home: string;
  readonly consoleLog: string;
  readonly disks: readonly GuestDisk[];
  readonly kernel: string | undefined;
  readonly ramdisk: string | undefined;
}

const DEFAULT_COMMAND_LINE = 'root=/dev/vda console=ttyS0';

/** Builds the libvirt domain XML of a guest. */
export const domainXml = (parts: DomainParts): string => {
  const { guest, virtType } = parts;
  return render(
    element(
      'domain',
      { type: virtType },
      element('name', {}, guest.name),
      element('uuid', {}, guest.serverId),
      element('metadata', {}, serverMark(guest, parts.home)),
      element('memory', { unit: 'MiB' }, String(guest.flavor.ramMb)),
      element('vcpu', {}, String(guest.flavor.vcpus)),
      boot(parts),
      element('features', {}, element('acpi'), element('apic'), virtType === 'qemu' ? translationCache : undefined),
      processor(virtType),
      element('clock', { offset: 'utc' }),
      element('on_poweroff', {}, 'destroy'),
      element('on_reboot', {}, 'restart'),
      element('on_crash', {}, 'destroy'),
      devices(parts),
    ),
  );
};

/** QEMU's default translation cache is 1 GB of address space, of which each guest soon fills 100 MB. */
const translationCache = element('tcg', {}, element('tb-cache', { unit: 'MiB' }, '32'));

// A host CPU model cannot be emulated, so QEMU picks its best emulated one.
const processor = (virtType: VirtType): XmlElement =>
  virtType === 'kvm' ? element('cpu', { mode: 'host-model', check: 'partial' }) : element('cpu', { mode: 'maximum', check: 'none' });

const boot = ({ guest, kernel, ramdisk, disks }: DomainParts): XmlElement => {
  const type = element('type', { arch: 'x86_64', machine: 'pc' }, 'hvm');
  // libvirt allows one or the other way to say what to boot from.
  const isNamed = disks.some(({ isBooted }) => isBooted);
  if (kernel === undefined) return element('os', {}, type, isNamed ? undefined : element('boot', { dev: 'hd' }));
  return element(
    'os',
    {},
    type,
    element('kernel', {}, kernel),
    ramdisk === undefined ? undefined : element('initrd', {}, ramdisk),
    element('cmdline', {}, guest.disk?.image.properties['os_command_line'] ?? DEFAULT_COMMAND_LINE),
  );
};

const devices = ({ guest, disks, consoleLog }: DomainParts): XmlElement =>
  element(
    'devices',
    {},
    disks.map(diskOf),
    guest.vifs.filter(({ kind }) => kind === 'bridge').map(networkCard),
    // Serves both the log and an interactive console; the log is appended to when the guest restarts.
    element('serial', { type: 'pty' }, element('log', { file: consoleLog, append: 'on' }), element('target', { port: 0 })),
    element('console', { type: 'pty' }, element('target', { type: 'serial', port: 0 })),
    // libvirt chooses the socket: QEMU's user may not create one in our directory, and the path could be too long.
    element('graphics', { type: 'vnc' }, element('listen', { type: 'socket' })),
    element('video', {}, element('model', { type: 'vga' })),
    element('controller', { type: 'usb', model: disks.some(({ bus }) => bus === 'usb') ? 'qemu-xhci' : 'none' }),
    disks.some(({ bus }) => bus === 'scsi') ? element('controller', { type: 'scsi', model: 'virtio-scsi' }) : undefined,
    element('rng', { model: 'virtio' }, element('backend', { model: 'random' }, '/dev/urandom')),
  );

const diskOf = ({ file, format, device, bus, dev, isBooted }: GuestDisk): XmlElement =>
  element(
    'disk',
    { type: 'file', device },
    element('driver', device === 'cdrom' ? { name: 'qemu', type: format } : { name: 'qemu', type: format, discard: 'unmap' }),
    element('source', { file }),
    element('target', { dev, bus }),
    isBooted ? element('boot', { order: 1 }) : undefined,
    device === 'cdrom' ? element('readonly') : undefined,
  );

/** A network card: a tap of its own on the bridge of its network. */
export const networkCard = (vif: Vif): XmlElement =>
  element(
    'interface',
    { type: 'bridge' },
    element('mac', { address: vif.macAddress }),
    element('source', { bridge: vif.bridge }),
    element('target', { dev: vif.tap }),
    element('model', { type: 'virtio' }),
    element('mtu', { size: vif.mtu }),
    // Network boot is not supported, and its firmware is not installed everywhere.
    element('rom', { enabled: 'no' }),
  );
