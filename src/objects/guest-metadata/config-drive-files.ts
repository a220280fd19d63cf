/** The files of a config drive: what the metadata service serves, as files, and the administrator's password. */
import { type Static, Type as t } from '@sinclair/typebox';
import { ec2Tree } from './ec2-tree.ts';
import type { GuestMetadata } from './guest-metadata.ts';
import { openstackTree } from './openstack-tree.ts';
import { type Directory, nodeAt, type Node } from './tree.ts';

/** A file: its path on the drive, and its content in base64. */
export const driveFile = t.Object({ path: t.String(), content: t.String() });
export type DriveFile = Static<typeof driveFile>;

/** Guests that read older EC2 versions than these are older than config drives (Nova's `config_drive_skip_versions`). */
const ec2OnDrives = ['2009-04-04', 'latest'];

/** The files of a guest's config drive, in Nova's layout. */
export const configDriveFiles = (guest: GuestMetadata): DriveFile[] => [
  ...ec2OnDrives.flatMap((version) => ec2Files(ec2Tree(guest), version)),
  ...filesBelow('openstack', openstackTree(guest)),
];

/** On a drive, the EC2 metadata of a version is one JSON document instead of a tree. */
function ec2Files(tree: Directory, version: string): DriveFile[] {
  const userData = nodeAt(tree, [version, 'user-data']);
  const metadata = nodeAt(tree, [version, 'meta-data']);
  return [
    ...(userData ? filesBelow(`ec2/${version}/user-data`, userData) : []),
    ...(metadata ? [fileOf(`ec2/${version}/meta-data.json`, JSON.stringify(valueOf(metadata)))] : []),
  ];
}

const valueOf = (node: Node): unknown =>
  node.kind === 'directory'
    ? Object.fromEntries([...node.entries].map(([name, { node: child }]) => [name, valueOf(child)]))
    : node.kind === 'file' && String(node.read());

/** A drive is only read, so what guests post has no file on it. */
const filesBelow = (path: string, node: Node): DriveFile[] => {
  if (node.kind === 'posted') return [];
  if (node.kind === 'file') return [fileOf(path, node.read())];
  return [...node.entries].flatMap(([name, { node: child }]) => filesBelow(`${path}/${name}`, child));
};

const fileOf = (path: string, content: string | Buffer): DriveFile => ({ path, content: Buffer.from(content).toString('base64') });
