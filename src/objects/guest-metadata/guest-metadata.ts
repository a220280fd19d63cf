/** What a guest may know of its own server, whether it asks the metadata service or reads its config drive. */
import type { Ids } from '../../lib/clock/ids.ts';
import { imageIdOf, instanceIdOf } from '../ec2-ids.ts';
import type { ServerId } from '../ids.ts';
import type { NetworkInfo } from '../network-info.ts';
import type { ServerVolume } from '../server-volume.ts';
import { groupsOf, namedImage, type Server } from '../server.ts';

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
  /** Its ephemeral and swap disks, by the names that EC2 gives them. */
  readonly localDisks: Readonly<Record<string, string>>;
  readonly volumes: readonly Pick<ServerVolume, 'volumeId' | 'device' | 'tag'>[];
  /** EC2-style names: `i-0000002a`, `ami-...`; kernel and ramdisk only if the image has separate ones. */
  readonly ec2: { readonly instanceId: string; readonly ami: string; readonly aki?: string; readonly ari?: string };
  /** 512 random bytes, new in every answer. */
  readonly randomSeed: Buffer;
  /** The administrator's password; only config drives have it. */
  readonly adminPassword?: string;
}

const SEED_BYTES = 512;

/** What the cloud adds to a server's record. */
export interface MetadataOptions {
  readonly ids: Ids;
  /** Appended to the host name (`dhcp_domain`); may be empty. */
  readonly dhcpDomain: string;
}

/** A server as its guest sees it. */
export const guestMetadataOf = (server: Server, { dhcpDomain, ids }: MetadataOptions): GuestMetadata => ({
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
  localDisks: localDisksOf(server),
  volumes: server.volumes,
  ec2: { instanceId: instanceIdOf(server), ...imageNames(server) },
  randomSeed: Buffer.from(ids.hex(SEED_BYTES), 'hex'),
});

/** Local disks come after the root disk, the ephemeral one first; the root disk's name says on which bus all are. */
function localDisksOf({ rootDeviceName, flavor }: Pick<Server, 'rootDeviceName' | 'flavor'>): Readonly<Record<string, string>> {
  const bus = (rootDeviceName ?? '/dev/vda').slice(0, -1);
  const names = [...(flavor.ephemeralGb > 0 ? ['ephemeral0'] : []), ...(flavor.swapMb > 0 ? ['swap'] : [])];
  return Object.fromEntries(names.map((name, place) => [name, `${bus}${'bc'[place]}`]));
}

/** A server keeps the key without its type. */
const typeOf = (publicKey: string): 'ssh' | 'x509' => (publicKey.includes('BEGIN CERTIFICATE') ? 'x509' : 'ssh');

function imageNames(server: Pick<Server, 'image'>): Pick<GuestMetadata['ec2'], 'ami' | 'aki' | 'ari'> {
  const { kernel_id: kernel, ramdisk_id: ramdisk } = server.image?.properties ?? {};
  const image = namedImage(server);
  return {
    ami: image === null ? '' : imageIdOf('ami', image.id),
    ...(kernel ? { aki: imageIdOf('aki', kernel) } : {}),
    ...(ramdisk ? { ari: imageIdOf('ari', ramdisk) } : {}),
  };
}
