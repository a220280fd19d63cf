// The EC2-compatible metadata tree (/latest/meta-data/instance-id and so on), at every version that Nova served.
import type { GuestMetadata } from './guest-metadata.ts';
import { bytes, type Directory, directory, type Node, text } from './tree.ts';

/** Versions compare as text: dates sort correctly and 1.0 sorts before them. `latest` has everything. */
export const ec2Versions = [
  '1.0',
  '2007-01-19',
  '2007-03-01',
  '2007-08-29',
  '2007-10-10',
  '2007-12-15',
  '2008-02-01',
  '2008-09-01',
  '2009-04-04',
  'latest',
] as const;
type Ec2Version = (typeof ec2Versions)[number];

/** An entry below meta-data, and the version that introduced it. */
interface Item {
  readonly since: Ec2Version;
  readonly node: (guest: GuestMetadata) => Node | undefined;
}

const line = (since: Ec2Version, read: (guest: GuestMetadata) => string | undefined): Item => ({
  since,
  node: (guest) => {
    const value = read(guest);
    return value === undefined ? undefined : text(value);
  },
});

const items: Readonly<Record<string, Item>> = {
  'ami-id': line('1.0', ({ ec2 }) => ec2.ami),
  'ami-launch-index': line('1.0', ({ launchIndex }) => String(launchIndex)),
  // Images have no manifest; guests get the placeholder that Nova serves.
  'ami-manifest-path': line('1.0', () => 'FIXME'),
  'instance-id': line('1.0', ({ ec2 }) => ec2.instanceId),
  hostname: line('1.0', ({ hostname }) => hostname),
  'local-ipv4': line('1.0', firstIpV4),
  'reservation-id': line('1.0', ({ reservationId }) => reservationId),
  'security-groups': line('1.0', ({ securityGroups }) => securityGroups.join('\n')),
  'public-keys': { since: '1.0', node: publicKeys },
  'local-hostname': line('2007-01-19', ({ hostname }) => hostname),
  'public-hostname': line('2007-01-19', ({ hostname }) => hostname),
  // Servers have no floating addresses yet.
  'public-ipv4': line('2007-01-19', () => ''),
  'instance-type': line('2007-08-29', ({ flavorName }) => flavorName),
  'block-device-mapping': { since: '2007-12-15', node: blockDevices },
  'kernel-id': line('2007-12-15', ({ ec2 }) => ec2.aki),
  'ramdisk-id': line('2007-12-15', ({ ec2 }) => ec2.ari),
  placement: { since: '2008-02-01', node: ({ zone }) => directory({ 'availability-zone': text(zone) }) },
  'instance-action': line('2008-09-01', () => 'none'),
  mac: line('latest', ({ networkInfo }) => networkInfo[0]?.macAddress),
};

/** Everything below /ec2: a directory for each version. */
export const ec2Tree = (guest: GuestMetadata): Directory =>
  directory(Object.fromEntries(ec2Versions.map((version) => [version, versionTree(guest, version)])));

const versionTree = (guest: GuestMetadata, version: Ec2Version): Directory =>
  directory({
    'meta-data': directory(
      Object.fromEntries(Object.entries(items).map(([name, { since, node }]) => [name, since <= version ? node(guest) : undefined])),
    ),
    'user-data': guest.userData === null ? undefined : bytes(guest.userData),
  });

function firstIpV4({ networkInfo }: GuestMetadata): string {
  const addresses = networkInfo.flatMap(({ fixedIps }) => fixedIps);
  return addresses.find(({ version }) => version === 4)?.ipAddress ?? '';
}

/** A server has at most one key: number 0, listed with its name. */
function publicKeys({ key }: GuestMetadata): Node | undefined {
  if (key === null) return undefined;
  return directory({ 0: { node: directory({ 'openssh-key': text(key.publicKey) }), listedAs: `0=${key.name}` } });
}

function blockDevices({ rootDeviceName, localDisks, volumes }: GuestMetadata): Node {
  // Numbered by their names, as in Nova.
  const ofVolumes = volumes.map(({ device }) => device).toSorted();
  const names = {
    ami: rootDeviceName.replace(/^\/dev\//, ''),
    root: rootDeviceName,
    ...localDisks,
    ...Object.fromEntries(ofVolumes.map((device, number) => [`ebs${number}`, device])),
  };
  return directory(Object.fromEntries(Object.entries(names).map(([name, device]) => [name, text(device)])));
}
