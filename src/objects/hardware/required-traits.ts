/** What a guest's hardware takes of its host, as traits in the names of Placement; those that Placement does not name are custom. */
import { traitName } from '../trait-name.ts';
import type { GuestHardware } from './hardware.ts';

/** Names the traits that a host must have for this hardware, each with what wants it. */
export function requiredTraits(hardware: GuestHardware): readonly string[] {
  const { machine, firmware, secureBoot, tpm, video, diskBus, cdromBus, scsiModel, vif, limits } = hardware;
  const { soundModel, viommuModel, addressBits, isMemoryEncrypted, numa } = hardware;
  return [
    ...when(machine, (name) => hostTrait.machine(name)),
    ...(firmware === 'uefi' ? [hostTrait.uefi] : []),
    ...(secureBoot === 'required' ? [hostTrait.secureBoot] : []),
    ...(tpm ? [hostTrait.tpmVersion(tpm.version), hostTrait.tpmModel(tpm.model)] : []),
    ...when(video.model, (model) => hostTrait.video(model)),
    ...[diskBus, cdromBus].flatMap((bus) => when(bus, (name) => hostTrait.diskBus(name))),
    ...(scsiModel === undefined ? [] : [hostTrait.diskBus('scsi')]),
    ...when(vif.model, (model) => hostTrait.vif(model)),
    ...when(soundModel, (model) => hostTrait.sound(model)),
    ...when(viommuModel, (model) => hostTrait.viommu(model)),
    ...(addressBits ? [hostTrait.addressSpace(addressBits.mode)] : []),
    ...(isMemoryEncrypted ? [hostTrait.memoryEncryption] : []),
    // CPUs with deadlines cannot wait for memory to come back.
    ...(numa.isMemoryLocked || numa.realtime.length > 0 ? [hostTrait.lockedMemory] : []),
    ...(Object.keys(limits.cpu).length > 0 ? [hostTrait.cpuLimits] : []),
    ...(Object.keys({ ...limits.inbound, ...limits.outbound }).length > 0 ? [hostTrait.vifLimits] : []),
  ];
}

const when = (value: string | undefined, trait: (value: string) => string): readonly string[] =>
  value === undefined ? [] : [trait(value)];

/** The traits that hosts report of what hardware they can give. */
export const hostTrait = {
  uefi: 'COMPUTE_FIRMWARE_UEFI',
  bios: 'COMPUTE_FIRMWARE_BIOS',
  secureBoot: 'COMPUTE_SECURITY_UEFI_SECURE_BOOT',
  memoryEncryption: 'HW_CPU_X86_AMD_SEV',
  /** Whether guests can have shares and quotas of CPU time: that takes control groups. */
  cpuLimits: 'CUSTOM_COMPUTE_CPU_LIMITS',
  /** Whether guests can have memory that is never swapped. */
  lockedMemory: 'CUSTOM_COMPUTE_LOCKED_MEMORY',
  /** Whether network cards can be limited. */
  vifLimits: 'CUSTOM_COMPUTE_VIF_LIMITS',
  tpmVersion: (version: string) => `COMPUTE_SECURITY_TPM_${traitName(version)}`,
  tpmModel: (model: string) => `COMPUTE_SECURITY_${traitName(model)}`,
  video: (model: string) => `COMPUTE_GRAPHICS_MODEL_${traitName(model)}`,
  diskBus: (bus: string) => `COMPUTE_STORAGE_BUS_${traitName(bus)}`,
  vif: (model: string) => `COMPUTE_NET_VIF_MODEL_${traitName(model)}`,
  sound: (model: string) => `COMPUTE_SOUND_MODEL_${traitName(model)}`,
  viommu: (model: string) => `COMPUTE_VIOMMU_MODEL_${traitName(model)}`,
  addressSpace: (mode: 'passthrough' | 'emulate') =>
    mode === 'emulate' ? 'COMPUTE_ADDRESS_SPACE_EMULATED' : 'COMPUTE_ADDRESS_SPACE_PASSTHROUGH',
  /** `pc-q35-7.2` is of the family `q35`. */
  machine: (name: string) => `CUSTOM_COMPUTE_MACHINE_${traitName(/^pc-(q35)-|^(pc)-i440fx-/.exec(name)?.slice(1).find(Boolean) ?? name)}`,
} as const;
