/** What a network is on the wire: how its frames travel between hosts, and how large they may be. Pure. */
import type { Network } from '../../objects/network.ts';

/** Neutron's words: in frames of its own between hosts, on a bridge of the operator's, or not beyond each host. */
export type NetworkType = 'vxlan' | 'flat' | 'local';

/** An external network ends at each host, which is its gateway, unless the operator has a bridge for it. */
export const networkTypeOf = ({ bridge, isExternal }: Pick<Network, 'bridge' | 'isExternal'>): NetworkType =>
  bridge !== null ? 'flat' : isExternal ? 'local' : 'vxlan';

/** Bytes that fit into a frame of the way between hosts. */
const WIRE_MTU = 1500;
/** What VXLAN adds to a frame: its own header and those of UDP, IPv4 and Ethernet. */
const VXLAN_OVERHEAD = 50;

/** The largest packet, in bytes, of a network that says nothing of it. */
export const defaultMtu = (type: NetworkType): number => (type === 'vxlan' ? WIRE_MTU - VXLAN_OVERHEAD : WIRE_MTU);
