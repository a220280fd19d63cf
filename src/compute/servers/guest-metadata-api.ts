import type { CellDb } from '../../db/sql/queries.ts';
import { findServer } from '../../db/stores/servers/servers.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import { isUuid, type ServerId } from '../../objects/ids.ts';
import type { ImageMeta } from '../../objects/image.ts';
import type { NetworkInfo } from '../../objects/network-info.ts';
import type { Server } from '../../objects/server.ts';

/** Who a guest is, as the host's proxy says: its server, and the project that the server must belong to. */
export interface Guest {
  readonly serverId: string;
  readonly projectId: string;
}

/** All that a guest may know of its own server; nothing of hosts, faults or other servers is among it. */
export interface GuestMetadata {
  readonly id: ServerId;
  readonly projectId: string;
  readonly name: string;
  /** With the cloud's domain: `web-1.novalocal`. */
  readonly hostname: string;
  readonly launchIndex: number;
  readonly reservationId: string;
  /** Empty while the server has no host. */
  readonly zone: string;
  readonly flavorName: string;
  readonly securityGroups: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly key: { readonly name: string; readonly publicKey: string } | null;
  /** The bytes that were given at boot, decoded. */
  readonly userData: Buffer | null;
  /** Files that were to be put into the guest: their paths in it, and their bytes. */
  readonly files: readonly { readonly path: string; readonly content: Buffer }[];
  readonly networkInfo: NetworkInfo;
  readonly rootDeviceName: string;
  /** Names in EC2's fashion: `i-0000002a`, `ami-...`; kernel and ramdisk only of images that have them apart. */
  readonly ec2: { readonly instanceId: string; readonly ami: string; readonly aki?: string; readonly ari?: string };
  /** 512 random bytes, new for every asking. */
  readonly randomSeed: Buffer;
}

export interface MetadataApiDeps {
  readonly db: CellDb;
  readonly ids: Ids;
  /** What comes after the host name (`dhcp_domain`); may be empty. */
  readonly dhcpDomain: string;
}

const SEED_BYTES = 512;

/** Servers as their own guests see them. Reads the books alone, so that a guest learns its name while hosts and queue are busy. */
export class MetadataApi {
  readonly #deps: MetadataApiDeps;

  constructor(deps: MetadataApiDeps) {
    this.#deps = deps;
  }

  /** What a guest may know; undefined when its server is unknown, another project's or deleted. */
  async find({ serverId, projectId }: Guest): Promise<GuestMetadata | undefined> {
    const server = isUuid(serverId) ? await findServer(this.#deps.db, serverId) : undefined;
    if (!server || server.projectId !== projectId || server.vmState === 'deleted') return undefined;
    return guestMetadataOf(server, this.#deps);
  }
}

const guestMetadataOf = (server: Server, { dhcpDomain, ids }: MetadataApiDeps): GuestMetadata => ({
  id: server.id,
  projectId: server.projectId,
  name: server.name,
  hostname: dhcpDomain === '' ? server.hostname : `${server.hostname}.${dhcpDomain}`,
  launchIndex: server.launchIndex,
  reservationId: server.reservationId,
  zone: server.zone ?? '',
  flavorName: server.flavor.name,
  securityGroups: server.securityGroups,
  metadata: server.metadata,
  key: server.publicKey === null ? null : { name: server.keyName ?? '', publicKey: server.publicKey },
  userData: server.userData === null ? null : Buffer.from(server.userData, 'base64'),
  files: server.files.map(({ path, contents }) => ({ path, content: Buffer.from(contents, 'base64') })),
  networkInfo: server.networkInfo,
  rootDeviceName: server.rootDeviceName ?? '/dev/vda',
  ec2: { instanceId: `i-${server.number.toString(16).padStart(8, '0')}`, ...imageNames(server.image) },
  randomSeed: Buffer.from(ids.hex(SEED_BYTES), 'hex'),
});

/** Images have no small numbers of their own, so EC2's eight digits are the first of the image's id. */
function imageNames(image: ImageMeta | null): Pick<GuestMetadata['ec2'], 'ami' | 'aki' | 'ari'> {
  const { kernel_id: kernel, ramdisk_id: ramdisk } = image?.properties ?? {};
  return {
    ami: image === null ? '' : `ami-${digitsOf(image.id)}`,
    ...(kernel ? { aki: `aki-${digitsOf(kernel)}` } : {}),
    ...(ramdisk ? { ari: `ari-${digitsOf(ramdisk)}` } : {}),
  };
}

const digitsOf = (id: string): string => id.slice(0, 8);
