/** What a client may set of a port, in the names of our own code. */
import type { Port } from '../../objects/network.ts';
import type { WantedAddress } from '../plan/address-choice.ts';
import type { DhcpOptionChange } from '../plan/dhcp-options.ts';

/** The attributes of a port; omitted ones keep their default or value. */
export interface PortChanges {
  readonly name?: string;
  readonly description?: string;
  readonly adminStateUp?: boolean;
  readonly macAddress?: string;
  readonly deviceId?: string;
  readonly deviceOwner?: string;
  readonly portSecurityEnabled?: boolean;
  /** Null: that of the network. */
  readonly qosPolicyId?: string | null;
  /** Null: none. */
  readonly wantedHost?: string | null;
  readonly bindingProfile?: Port['bindingProfile'];
  /** Each an address or prefix; the MAC address defaults to the port's. */
  readonly allowedAddressPairs?: Port['allowedAddressPairs'];
  readonly fixedIps?: readonly WantedAddress[];
  /** Those to set and to remove; the others stay. */
  readonly extraDhcpOptions?: readonly DhcpOptionChange[];
  /** By id; a new port without them gets the default group. */
  readonly securityGroups?: readonly string[];
}

/** A port to create. */
export interface NewApiPort extends PortChanges {
  readonly networkId: string;
  readonly projectId?: string;
  readonly tags?: readonly string[];
}
