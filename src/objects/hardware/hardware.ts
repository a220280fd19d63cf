import { Asked, type AskedOf, choice } from './asked.ts';
import { FlavorImageConflict, HardwareInvalid } from './errors.ts';
import { type GuestLimits, limitsOf } from './limits.ts';
import { type AskedMachine, isQ35, machineOf } from './machine.ts';
import { type NumaDemand, numaOf } from './numa.ts';
import { type CpuTopology, topologyOf } from './topology.ts';

/** The hardware of a guest, as its flavor and its image ask for it. What nobody asks for is undefined: the driver chooses. */
export interface GuestHardware extends AskedMachine {
  readonly tpm: { readonly version: '1.2' | '2.0'; readonly model: 'tpm-tis' | 'tpm-crb' } | undefined;
  /** What happens when the guest does not reset its watchdog in time. */
  readonly watchdog: 'none' | 'pause' | 'poweroff' | 'reset' | undefined;
  /** A source of random numbers; `rate` limits the bytes of each period. */
  readonly rng: { readonly rate: { readonly bytes: number; readonly periodMs: number } | undefined } | undefined;
  readonly serialPorts: number;
  readonly video: { readonly model: string | undefined; readonly ramMb: number | undefined };
  readonly hasTablet: boolean;
  /** The bus of tablet and keyboard. */
  readonly inputBus: 'usb' | 'virtio' | undefined;
  readonly diskBus: string | undefined;
  readonly cdromBus: string | undefined;
  readonly scsiModel: string | undefined;
  readonly vif: { readonly model: string | undefined; readonly hasQueues: boolean };
  readonly hasPackedRings: boolean;
  readonly hasBootMenu: boolean;
  readonly isWindows: boolean;
  readonly hidesHypervisor: boolean;
  /** Whether the guest sees counters of the processor's performance. */
  readonly pmu: boolean | undefined;
  readonly isMemoryEncrypted: boolean;
  readonly soundModel: string | undefined;
  readonly viommuModel: string | undefined;
  readonly addressBits: { readonly mode: 'passthrough' | 'emulate'; readonly bits: number | undefined } | undefined;
  readonly topology: CpuTopology | undefined;
  readonly numa: NumaDemand;
  readonly limits: GuestLimits;
}

/** QEMU's machines have so many serial ports. */
const MAX_SERIAL_PORTS = 4;
const DEFAULT_RNG_PERIOD_MS = 1_000;

/** Combines flavor and image; throws `HardwareInvalid` or `FlavorImageConflict` where they ask for what cannot be. */
export function hardwareOf(source: AskedOf): GuestHardware {
  const asked = new Asked(source);
  const hardware: GuestHardware = {
    machine: asked.spec('hw:machine_type') ?? asked.freeProperty('hw_machine_type'),
    ...firmwareOf(asked),
    tpm: tpmOf(asked),
    watchdog: watchdogOf(asked),
    rng: rngOf(asked),
    serialPorts: serialPortsOf(asked),
    video: videoOf(asked),
    hasTablet: asked.property('hw_pointer_model') === 'usbtablet',
    inputBus: choice(asked.property('hw_input_bus'), 'usb', 'virtio'),
    diskBus: asked.property('hw_disk_bus'),
    cdromBus: asked.property('hw_cdrom_bus'),
    scsiModel: asked.property('hw_scsi_model'),
    vif: {
      model: asked.property('hw_vif_model'),
      hasQueues: asked.agreedFlag('hw:vif_multiqueue_enabled', 'hw_vif_multiqueue_enabled') ?? false,
    },
    hasPackedRings: asked.agreedFlag('hw:virtio_packed_ring', 'hw_virtio_packed_ring') ?? false,
    hasBootMenu: asked.eitherFlag('hw:boot_menu', 'hw_boot_menu'),
    isWindows: asked.property('os_type') === 'windows',
    hidesHypervisor: asked.agreedFlag('hw:hide_hypervisor_id', 'img_hide_hypervisor_id') ?? false,
    pmu: asked.agreedFlag('hw:pmu', 'hw_pmu'),
    isMemoryEncrypted: asked.eitherFlag('hw:mem_encryption', 'hw_mem_encryption'),
    soundModel: asked.spec('hw:sound_model') ?? asked.freeProperty('hw_sound_model'),
    viommuModel: asked.agreed('hw:viommu_model', 'hw_viommu_model'),
    addressBits: addressBitsOf(asked),
    topology: topologyOf(asked),
    numa: numaOf(asked),
    limits: limitsOf(asked),
  };
  checkMachine(hardware);
  if (asked.flag('hw:mem_encryption') === true && asked.property('hw_firmware_type') === 'bios')
    throw FlavorImageConflict({ what: 'hw_firmware_type', flavor: 'uefi, for hw:mem_encryption', image: 'bios' });
  return hardware;
}

/** Secure Boot takes a q35 machine, and a q35 machine has no IDE. */
function checkMachine(hardware: GuestHardware): void {
  const { secureBoot, diskBus, cdromBus } = hardware;
  if (secureBoot === 'required' && !isQ35(hardware))
    throw HardwareInvalid({ because: `Secure Boot needs a q35 machine, and the image asks for ${machineOf(hardware)}.` });
  if (isQ35(hardware) && (diskBus === 'ide' || cdromBus === 'ide')) throw HardwareInvalid({ because: 'A q35 machine has no IDE bus.' });
}

function firmwareOf(asked: Asked): Pick<GuestHardware, 'firmware' | 'secureBoot'> {
  const firmware = choice(asked.property('hw_firmware_type'), 'uefi') ?? 'bios';
  const secureBoot = choice(asked.agreed('os:secure_boot', 'os_secure_boot'), 'required', 'optional') ?? 'disabled';
  if (secureBoot === 'required' && firmware !== 'uefi')
    throw HardwareInvalid({ because: 'Secure Boot is required, which the image can only have with hw_firmware_type uefi.' });
  return { firmware, secureBoot };
}

function tpmOf(asked: Asked): GuestHardware['tpm'] {
  const version = choice(asked.agreed('hw:tpm_version', 'hw_tpm_version'), '1.2', '2.0');
  const model = choice(asked.agreed('hw:tpm_model', 'hw_tpm_model'), 'tpm-tis', 'tpm-crb');
  if (version === undefined) {
    if (model !== undefined) throw HardwareInvalid({ because: 'A TPM model needs a TPM version (hw:tpm_version or hw_tpm_version).' });
    return undefined;
  }
  if (version === '1.2' && model === 'tpm-crb') throw HardwareInvalid({ because: 'The TPM model tpm-crb needs TPM version 2.0.' });
  return { version, model: model ?? 'tpm-tis' };
}

/** The image has the last word. */
function watchdogOf(asked: Asked): GuestHardware['watchdog'] {
  return choice(asked.property('hw_watchdog_action') ?? asked.spec('hw:watchdog_action'), 'none', 'pause', 'poweroff', 'reset');
}

function rngOf(asked: Asked): GuestHardware['rng'] {
  if (asked.flag('hw_rng:allowed') === false) return undefined;
  const bytes = asked.count('hw_rng:rate_bytes');
  return { rate: bytes ? { bytes, periodMs: asked.count('hw_rng:rate_period', 1) ?? DEFAULT_RNG_PERIOD_MS } : undefined };
}

/** The flavor says how many there may be; the image may want fewer. */
function serialPortsOf(asked: Asked): number {
  const [most, wanted] = [asked.count('hw:serial_port_count', 1), asked.imageCount('hw_serial_port_count', 1)];
  if (most !== undefined && wanted !== undefined && wanted > most)
    throw HardwareInvalid({ because: 'Forbidden to exceed flavor value of number of serial ports passed in image meta.' });
  const ports = wanted ?? most ?? 1;
  if (ports > MAX_SERIAL_PORTS) throw HardwareInvalid({ because: `Maximum number of serial port exceeds ${MAX_SERIAL_PORTS}.` });
  return ports;
}

function videoOf(asked: Asked): GuestHardware['video'] {
  const [most, ramMb] = [asked.count('hw_video:ram_max_mb') ?? 0, asked.imageCount('hw_video_ram')];
  if (ramMb !== undefined && ramMb > most)
    throw HardwareInvalid({
      because: `The requested amount of video memory ${ramMb} is higher than the maximum allowed by flavor ${most}.`,
    });
  return { model: asked.property('hw_video_model'), ramMb: ramMb || undefined };
}

function addressBitsOf(asked: Asked): GuestHardware['addressBits'] {
  const mode = choice(asked.agreed('hw:maxphysaddr_mode', 'hw_maxphysaddr_mode'), 'passthrough', 'emulate');
  const text = asked.agreed('hw:maxphysaddr_bits', 'hw_maxphysaddr_bits');
  const bits = text === undefined ? undefined : Number(text);
  if (bits !== undefined && mode !== 'emulate')
    throw HardwareInvalid({ because: 'hw:maxphysaddr_bits needs hw:maxphysaddr_mode emulate.' });
  return mode && { mode, bits };
}
