/** What networks are on the wire: which kinds there are, and how large their packets may be. Pure. */
import type { NetworkType } from '../../objects/network.ts';
import { invalidInput } from '../errors.ts';

/** Bytes that fit into a frame of the way between hosts. */
const WIRE_MTU = 1500;
/** What VXLAN adds to a frame: its own header and those of UDP, IPv4 and Ethernet. */
const VXLAN_OVERHEAD = 50;

/** The numbers that VXLAN has for networks. */
const LAST_VNI = 2 ** 24 - 1;

/** The largest packet, in bytes, of a network that says nothing of it. */
export const defaultMtu = (type: NetworkType): number => (type === 'vxlan' ? WIRE_MTU - VXLAN_OVERHEAD : WIRE_MTU);

/** How a new network is to be on the wire, as an admin may say. */
export interface WantedSegment {
  readonly networkType?: string | null;
  readonly physicalNetwork?: string | null;
  readonly segmentationId?: number | null;
}

/** The type of a new network. */
export const typeOfNew = (isExternal: boolean): NetworkType => (isExternal ? 'local' : 'vxlan');

/** The number that is asked for; undefined for any. Throws InvalidInput, in Neutron's words, for what cannot be. */
export function vniOf({ networkType, physicalNetwork, segmentationId }: WantedSegment, isExternal: boolean): number | undefined {
  const type = typeOfNew(isExternal);
  if (networkType == null) {
    if (physicalNetwork != null || segmentationId != null) throw invalidInput('network_type', 'network_type required');
    return undefined;
  }
  if (networkType !== type) throw invalidInput('network_type', `network_type value '${networkType}' not supported`);
  if (physicalNetwork != null) throw invalidInput('physical_network', `provider:physical_network specified for ${type} network`);
  if (segmentationId == null) return undefined;
  if (type === 'local') throw invalidInput('segmentation_id', 'segmentation_id prohibited for local provider network');
  if (segmentationId < 1 || segmentationId > LAST_VNI)
    throw invalidInput('segmentation_id', `segmentation_id out of range (1 through ${LAST_VNI})`);
  return segmentationId;
}
