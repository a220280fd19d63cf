import type { CellDb } from '../../db/sql/queries.ts';
import { findServer } from '../../db/stores/servers/cached-servers.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import { isUuid, type ServerId } from '../../objects/ids.ts';
import type { ImageMeta } from '../../objects/image.ts';
import type { NetworkInfo } from '../../objects/network-info.ts';
import { groupsOf, type Server } from '../../objects/server.ts';

/** A guest's identity according to the host's proxy: its server, and the project that the server must belong to. */
export interface Guest {
  readonly serverId: string;
  readonly projectId: string;
}

/** All that a guest may know of its own server; nothing of hosts, faults or other servers. */
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
  readonly key: { readonly name: string; readonly type: 'ssh' | 'x509'; readonly publicKey: string } | null;
  /** The user data, decoded. */
  readonly userData: Buffer | null;
  /** Injected files: paths in the guest, and contents. */
  readonly files: readonly { readonly path: string; readonly content: Buffer }[];
  readonly networkInfo: NetworkInfo;
  readonly rootDeviceName: string;
  /** EC2-style names: `i-0000002a`, `ami-...`; kernel and ramdisk only if the image has separate ones. */
  readonly ec2: { readonly instanceId: string; readonly ami: string; readonly aki?: string; readonly ari?: string };
  /** 512 random bytes, new in every answer. */
  readonly randomSeed: Buffer;
}

export interface MetadataApiDeps {
  readonly db: CellDb;
  readonly ids: Ids;
  /** Appended to the host name (`dhcp_domain`); may be empty. */
  readonly dhcpDomain: string;
}

const SEED_BYTES = 512;

/** Servers as their own guests see them. Reads only the database, so that guests get metadata while hosts and queue are busy. */
export class MetadataApi {
  readonly #deps: MetadataApiDeps;

  constructor(deps: MetadataApiDeps) {
    this.#deps = deps;
  }

  /** A guest's metadata; undefined if its server is unknown, deleted or of another project. */
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
  securityGroups: groupsOf(server),
  metadata: server.metadata,
  key: server.publicKey === null ? null : { name: server.keyName ?? '', type: typeOf(server.publicKey), publicKey: server.publicKey },
  userData: server.userData === null ? null : Buffer.from(server.userData, 'base64'),
  files: server.files.map(({ path, contents }) => ({ path, content: Buffer.from(contents, 'base64') })),
  networkInfo: server.networkInfo,
  rootDeviceName: server.rootDeviceName ?? '/dev/vda',
  ec2: { instanceId: `i-${server.number.toString(16).padStart(8, '0')}`, ...imageNames(server.image) },
  randomSeed: Buffer.from(ids.hex(SEED_BYTES), 'hex'),
});

/** A server keeps the key without its type. */
const typeOf = (publicKey: string): 'ssh' | 'x509' => (publicKey.includes('BEGIN CERTIFICATE') ? 'x509' : 'ssh');

/** Images have no small numbers, so EC2's eight digits are the first of the image's id. */
function imageNames(image: ImageMeta | null): Pick<GuestMetadata['ec2'], 'ami' | 'aki' | 'ari'> {
  const { kernel_id: kernel, ramdisk_id: ramdisk } = image?.properties ?? {};
  return {
    ami: image === null ? '' : `ami-${digitsOf(image.id)}`,
    ...(kernel ? { aki: `aki-${digitsOf(kernel)}` } : {}),
    ...(ramdisk ? { ari: `ari-${digitsOf(ramdisk)}` } : {}),
  };
}

const digitsOf = (id: string): string => id.slice(0, 8);
