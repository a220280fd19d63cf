/** The devices of a guest. */
import { hasGuestAgent } from '../../../objects/guest-agent.ts';
import { imageIn } from '../../../objects/guest-spec.ts';
import type { GuestHardware } from '../../../objects/hardware/hardware.ts';
import type { Vif } from '../../../objects/network-info.ts';
import { element, type XmlElement } from '../xml.ts';
import { agentChannel } from './agent-channel.ts';
import type { DomainParts } from './domain-parts.ts';
import type { GuestDisk } from './disk-places.ts';
import { hostDevice } from './host-device.ts';
import { screens } from './screens.ts';
import { isOnScsi, volumeDisk } from './volume-disk.ts';

/** The element `devices`. */
export const devices = ({ guest, disks, consoleLog, screens: shown }: DomainParts, hardware: GuestHardware): XmlElement => {
  const volumes = guest.volumes ?? [];
  return element(
    'devices',
    {},
    // Guests count their disks in this order, and boot from the first.
    volumes.filter(({ isRoot }) => isRoot).map(volumeDisk),
    disks.map((disk) => diskOf(disk, hardware)),
    volumes.filter(({ isRoot }) => !isRoot).map(volumeDisk),
    guest.vifs.filter(({ kind }) => kind === 'bridge').map((vif) => networkCard(vif, { hardware, vcpus: guest.flavor.vcpus })),
    (guest.devices ?? []).map(hostDevice),
    serialPorts(consoleLog, hardware.serialPorts),
    element('console', { type: 'pty' }, element('target', { type: 'serial', port: 0 })),
    inputs(hardware),
    screens(shown),
    element('video', {}, videoModel(hardware)),
    element('controller', { type: 'usb', model: hasUsb(disks, hardware) ? 'qemu-xhci' : 'none' }),
    disks.some(({ bus }) => bus === 'scsi') || volumes.some(isOnScsi)
      ? element('controller', { type: 'scsi', model: hardware.scsiModel ?? 'virtio-scsi' })
      : undefined,
    hasGuestAgent(imageIn(guest) ?? null) ? agentChannel() : undefined,
    hardware.rng && randomNumbers(hardware.rng),
    hardware.watchdog && element('watchdog', { model: 'i6300esb', action: hardware.watchdog }),
    hardware.tpm && element('tpm', { model: hardware.tpm.model }, element('backend', { type: 'emulator', version: hardware.tpm.version })),
    hardware.soundModel === undefined ? undefined : element('sound', { model: hardware.soundModel }),
  );
};

/** The first serves both the log and an interactive console; the log is appended to when the guest restarts. */
const serialPorts = (consoleLog: string, count: number): XmlElement[] =>
  Array.from({ length: count }, (_, port) =>
    element(
      'serial',
      { type: 'pty' },
      port === 0 ? element('log', { file: consoleLog, append: 'on' }) : undefined,
      element('target', { port }),
    ),
  );

const inputBusOf = ({ inputBus }: GuestHardware): 'usb' | 'virtio' => inputBus ?? 'usb';

/** Without a wish the guest has the mouse and keyboard of its machine. */
const inputs = (hardware: GuestHardware): XmlElement[] => {
  const { hasTablet, inputBus } = hardware;
  const bus = inputBusOf(hardware);
  return [
    ...(hasTablet || inputBus !== undefined ? [element('input', { type: 'tablet', bus })] : []),
    ...(inputBus === undefined ? [] : [element('input', { type: 'keyboard', bus })]),
  ];
};

const hasUsb = (disks: readonly GuestDisk[], hardware: GuestHardware): boolean =>
  disks.some(({ bus }) => bus === 'usb') || ((hardware.hasTablet || hardware.inputBus !== undefined) && inputBusOf(hardware) === 'usb');

const KIB_IN_MIB = 1024;

const videoModel = ({ video }: GuestHardware): XmlElement =>
  element('model', { type: video.model ?? 'vga', ...(video.ramMb !== undefined && { vram: video.ramMb * KIB_IN_MIB }) });

const randomNumbers = ({ rate }: NonNullable<GuestHardware['rng']>): XmlElement =>
  element(
    'rng',
    { model: 'virtio' },
    rate && element('rate', { bytes: rate.bytes, period: rate.periodMs }),
    element('backend', { model: 'random' }, '/dev/urandom'),
  );

/** Rings of descriptors in a form that is faster where device and guest know it. */
const packed = ({ hasPackedRings }: GuestHardware): Record<string, string> => (hasPackedRings ? { packed: 'on' } : {});

const diskOf = ({ file, format, device, bus, dev, isBooted, unit }: GuestDisk, hardware: GuestHardware): XmlElement =>
  element(
    'disk',
    { type: 'file', device },
    element('driver', {
      name: 'qemu',
      type: format,
      ...(device === 'cdrom' ? {} : { discard: 'unmap' }),
      ...(bus === 'virtio' ? packed(hardware) : {}),
    }),
    element('source', { file }),
    element('target', { dev, bus }),
    device === 'cdrom' ? undefined : ioLimits(hardware),
    isBooted ? element('boot', { order: 1 }) : undefined,
    device === 'cdrom' ? element('readonly') : undefined,
    unit === undefined ? undefined : element('address', { type: 'drive', controller: 0, bus: 0, target: 0, unit }),
  );

const ioLimits = ({ limits }: GuestHardware): XmlElement | undefined => {
  const limited = Object.entries(limits.disk).map(([name, value]) => element(name, {}, String(value)));
  return limited.length > 0 ? element('iotune', {}, limited) : undefined;
};

/** QEMU's limit on the queues of a card. */
const MAX_QUEUES = 256;

/** A network card: a tap of its own on the bridge of its network. Without a guest it is of the usual kind. */
export const networkCard = (vif: Vif, of?: { readonly hardware: GuestHardware; readonly vcpus: number }): XmlElement => {
  const model = of?.hardware.vif.model ?? 'virtio';
  const queues = of?.hardware.vif.hasQueues && of.vcpus > 1 ? { queues: Math.min(of.vcpus, MAX_QUEUES) } : {};
  const driver = model === 'virtio' && of ? { ...queues, ...packed(of.hardware) } : {};
  return element(
    'interface',
    { type: 'bridge' },
    element('mac', { address: vif.macAddress }),
    element('source', { bridge: vif.bridge }),
    element('target', { dev: vif.tap }),
    element('model', { type: model }),
    Object.keys(driver).length > 0 ? element('driver', driver) : undefined,
    of && bandwidth(of.hardware),
    element('mtu', { size: vif.mtu }),
    // Network boot is not supported, and its firmware is not installed everywhere.
    element('rom', { enabled: 'no' }),
  );
};

const bandwidth = ({ limits: { inbound, outbound } }: GuestHardware): XmlElement | undefined => {
  const limited = Object.entries({ inbound, outbound }).flatMap(([name, rate]) =>
    Object.keys(rate).length > 0 ? [element(name, rate)] : [],
  );
  return limited.length > 0 ? element('bandwidth', {}, limited) : undefined;
};
