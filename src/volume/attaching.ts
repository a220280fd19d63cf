/** What attachments make of their volume's state: pure. */
import type { AttachMode, Volume, VolumeAttachment, VolumeStatus } from '../objects/volume.ts';
import { InvalidVolume, VolumeConflict } from './errors.ts';

/** Throws unless the volume may be reserved, for a server if one is named. */
export function mayReserve(volume: Volume, serverId: string | null): void {
  const { status, attachments, isMultiattach, id } = volume;
  const mine = attachments.some((one) => serverId !== null && one.serverId === serverId);
  if (status === 'available' || status === 'downloading') return;
  // A server that moves holds a volume twice: where it is, and where it goes.
  if (mine && (status === 'in-use' || status === 'reserved' || status === 'attaching')) return;
  if (isMultiattach && (status === 'in-use' || status === 'reserved' || status === 'attaching')) return;
  throw InvalidVolume({ because: `Volume ${id} status must be available or downloading to reserve, but the current status is ${status}.` });
}

/** Throws VolumeConflict if the attachment must not be connected, because another host is. */
export function mayConnect(volume: Volume, attachment: VolumeAttachment): void {
  if (volume.status.includes('error')) throw VolumeConflict({ because: `Volume ${volume.id} is in error and cannot be attached.` });
  if (volume.isMultiattach) return;
  const others = volume.attachments.filter(({ id, connector }) => id !== attachment.id && connector !== null);
  const another = others.find(({ serverId }) => serverId === null || serverId !== attachment.serverId);
  if (another) throw VolumeConflict({ because: `Duplicate connectors detected on volume ${volume.id}.` });
}

/** The volume's state by what is left of its attachments. */
export function statusBy(attachments: readonly Pick<VolumeAttachment, 'status'>[], now: VolumeStatus): VolumeStatus {
  if (!byAttachments.includes(now)) return now;
  const has = (status: VolumeAttachment['status']): boolean => attachments.some((one) => one.status === status);
  if (has('attached')) return 'in-use';
  if (has('attaching') || has('error_attaching')) return 'attaching';
  if (has('detaching')) return 'detaching';
  if (has('reserved')) return 'reserved';
  return 'available';
}

/** The states that attachments decide; work under way keeps its own. */
const byAttachments: readonly VolumeStatus[] = ['available', 'reserved', 'attaching', 'detaching', 'in-use'];

/** How an attachment may use the volume. */
export const modeOf = ({ isReadOnly }: Pick<Volume, 'isReadOnly'>, asked: AttachMode | null): AttachMode | null =>
  isReadOnly ? 'ro' : asked;
