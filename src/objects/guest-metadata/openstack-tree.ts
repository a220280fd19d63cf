// The tree below /openstack: JSON files that gain fields with each dated version.
import type { GuestMetadata } from './guest-metadata.ts';
import { networkData } from './network-data.ts';
import { bytes, type Directory, directory, json, posted } from './tree.ts';

/** Versions are dates and compare as text; `latest` has everything. */
export const openstackVersions = [
  '2012-08-10',
  '2013-04-04',
  '2013-10-17',
  '2015-10-15',
  '2016-06-30',
  '2016-10-06',
  '2017-02-22',
  '2018-08-27',
  '2020-10-14',
  '2025-04-04',
  'latest',
] as const;
type OpenstackVersion = (typeof openstackVersions)[number];

/** Everything below /openstack: a directory for each version. */
export const openstackTree = (guest: GuestMetadata): Directory =>
  directory({
    ...Object.fromEntries(openstackVersions.map((version) => [version, versionTree(guest, version)])),
    content:
      guest.files.length === 0
        ? undefined
        : directory(Object.fromEntries(guest.files.map(({ content }, index) => [nameOf(index), bytes(content)]))),
  });

/** Files are named by number, because their real paths belong to the guest. */
const nameOf = (index: number): string => String(index).padStart(4, '0');

function versionTree(guest: GuestMetadata, version: OpenstackVersion): Directory {
  const from = <T>(since: OpenstackVersion, value: T): T | undefined => (since <= version ? value : undefined);
  return directory({
    'meta_data.json': json(() => metaData(guest, version)),
    user_data: guest.userData === null ? undefined : bytes(guest.userData),
    password: from('2013-04-04', posted),
    'vendor_data.json': from(
      '2013-10-17',
      json(() => ({})),
    ),
    'network_data.json': from(
      '2015-10-15',
      json(() => networkData(guest.networkInfo)),
    ),
    'vendor_data2.json': from(
      '2016-10-06',
      json(() => ({ static: {} })),
    ),
  });
}

function metaData(guest: GuestMetadata, version: OpenstackVersion): object {
  const { id, metadata, key, hostname, name, launchIndex, zone, randomSeed, projectId, files, adminPassword } = guest;
  return {
    uuid: id,
    meta: metadata,
    ...(key ? { public_keys: { [key.name]: key.publicKey }, keys: [{ name: key.name, type: key.type, data: key.publicKey }] } : {}),
    ...(files.length > 0 ? { files: files.map(({ path }, index) => ({ path, content_path: `/content/${nameOf(index)}` })) } : {}),
    hostname,
    name,
    launch_index: launchIndex,
    availability_zone: zone,
    ...(adminPassword === undefined ? {} : { admin_pass: adminPassword }),
    ...(version >= '2013-04-04' ? { random_seed: randomSeed.toString('base64') } : {}),
    ...(version >= '2015-10-15' ? { project_id: projectId } : {}),
    ...(version >= '2016-06-30' ? { devices: taggedDevices(guest, version) } : {}),
    ...(version >= '2020-10-14' ? { dedicated_cpus: [] } : {}),
  };
}

/** The devices that a guest finds by their tags: network cards and volumes. Where they are plugged in is the guest's own view of its hardware. */
const taggedDevices = (guest: GuestMetadata, version: OpenstackVersion): readonly object[] => [
  ...taggedCards(guest, version),
  ...taggedVolumes(guest),
];

const taggedVolumes = ({ volumes }: GuestMetadata): readonly object[] =>
  volumes.flatMap(({ volumeId: serial, device: path, tag }) =>
    tag === null ? [] : [{ type: 'disk', bus: 'none', address: 'none', serial, path, tags: [tag] }],
  );

const taggedCards = ({ networkInfo }: GuestMetadata, version: OpenstackVersion): readonly object[] =>
  networkInfo.flatMap(({ macAddress, tag }) =>
    tag === undefined
      ? []
      : [
          {
            type: 'nic',
            bus: 'none',
            address: 'none',
            mac: macAddress,
            tags: [tag],
            ...(version >= '2018-08-27' ? { vf_trusted: false } : {}),
          },
        ],
  );
