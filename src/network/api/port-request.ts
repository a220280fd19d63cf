/** What a client may say of a port, in our own words. */
import type { Port } from '../../objects/network.ts';
import type { WantedAddress } from '../books/make-port.ts';

/** What may be said of a port; what is left out keeps its default or its value. */
export interface PortChanges {
  readonly name?: string;
  readonly description?: string;
  readonly adminStateUp?: boolean;
  readonly deviceId?: string;
  readonly deviceOwner?: string;
  readonly portSecurityEnabled?: boolean;
  /** An address or prefix each; without a MAC address with the port's own. */
  readonly allowedAddressPairs?: Port['allowedAddressPairs'];
  readonly fixedIps?: readonly WantedAddress[];
  /** By id or name; left out at first: the default group. */
  readonly securityGroups?: readonly string[];
}

/** A port to be made. */
export interface NewApiPort extends PortChanges {
  readonly networkId: string;
  readonly projectId?: string;
  readonly macAddress?: string;
}
