/** What a network driver is told of the way to other hosts. */
import type { NetworkId } from '../../objects/ids.ts';

/** A network that other hosts carry too: frames for them travel in UDP between the hosts. */
export interface HostTunnel {
  readonly networkId: NetworkId;
  /** The number of the network's frames on the way. */
  readonly vni: number;
  /** This host's address among the others. */
  readonly localAddress: string;
  readonly peers: readonly HostPeer[];
}

/** Another host that carries the network. */
export interface HostPeer {
  readonly address: string;
  /** The ports bound there, also while they move to another host or come from one. */
  readonly ports: readonly PeerPort[];
}

export interface PeerPort {
  readonly macAddress: string;
  readonly ipAddresses: readonly string[];
  /** Whether the guest is there; false while it is only expected, or leaves. */
  readonly isActive: boolean;
}
