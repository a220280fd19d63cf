import type { BlockDevice } from './devices/block-device.ts';
import type { HostName } from '../../objects/ids.ts';
import type { RequestedNetworks } from '../../objects/network-info.ts';
import type { InjectedFile } from '../../objects/server.ts';

/** A request for servers, in the newest shape, whatever API or microversion it came through. */
export interface BootRequest {
  readonly name: string;
  readonly flavorId: string;
  readonly imageId: string | null;
  readonly networks: RequestedNetworks;
  readonly securityGroups: readonly string[];
  readonly keyName: string | null;
  readonly userData: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly files: readonly InjectedFile[];
  readonly trustedCertificates: readonly string[] | null;
  readonly description: string | null;
  readonly hostname: string | null;
  readonly zone: string | null;
  /** Its disks; none leaves it to the image. */
  readonly blockDevices: readonly BlockDevice[];
  /** Whether the caller knows that a volume may be attached to several servers. */
  readonly mayShareVolumes: boolean;
  readonly requestedHost: HostName | null;
  /** A hypervisor, by its own name. */
  readonly requestedNode: string | null;
  /** Host or node were part of the zone, which forces the server there. */
  readonly askedByZone: boolean;
  readonly schedulerHints: Readonly<Record<string, unknown>>;
  readonly configDrive: boolean;
  readonly diskConfig: 'AUTO' | 'MANUAL';
  readonly accessIpV4: string | null;
  readonly accessIpV6: string | null;
  readonly minCount: number;
  readonly maxCount: number;
}

/** A boot request with the part that is never stored. */
export interface BootOrder extends BootRequest {
  /** The administrator's password in the guest; generated if absent. */
  readonly adminPassword?: string;
}

/** `web` with a count of three becomes web-1, web-2, web-3. */
export const nameOf = (name: string, { index, count }: { readonly index: number; readonly count: number }): string =>
  count > 1 ? `${name}-${index + 1}` : name;

/** The longest label of a host name (RFC 1035), in characters. */
const MAX_HOSTNAME = 63;

/** A host name made from a display name: its letters, digits and dashes; `server-<id>` if none are left. */
export function hostnameOf(name: string, serverId: string): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[ _]+/g, '-')
    .replace(/[^a-z0-9.-]+/g, '')
    .replace(/^[.-]+/, '')
    .slice(0, MAX_HOSTNAME)
    .replace(/[.-]+$/, '');
  return words.replaceAll('.', '-') || `server-${serverId}`;
}
