import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { invariant } from '../../../lib/errors/invariant.ts';

// The paths of a private host: all derive from its name and directory, so a later process finds the same host.

/** Names and absolute paths of one private host. */
export interface HostLayout {
  readonly name: string;
  readonly directory: string;
  /** Network namespace, unique per name and directory on this machine. */
  readonly netns: string;
  readonly netnsFile: string;
  /** Files that must not survive a reboot: sockets, pid file, state of running guests. */
  readonly runDirectory: string;
  readonly pidFile: string;
  readonly libvirtSocket: string;
  /** Where QEMU makes its sockets for guests that come from other hosts; only this directory is QEMU's. */
  readonly arrivals: string;
  readonly logFile: string;
  /** libvirt's own directories as seen from outside the host. */
  readonly etc: string;
  readonly lib: string;
  readonly log: string;
  readonly cache: string;
  /** The authority that certifies the TPMs of its guests; only this directory is the guests' account's. */
  readonly tpmAuthority: string;
  /** Capability cache shared by the hosts of one parent directory. */
  readonly warmCache: string;
  /** Fixed identity of the host; a random one would confuse migration and restarts. */
  readonly uuid: string;
}

/** Valid host names: the name becomes the hostname and part of file names. */
const HOST_NAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$/;

/** Whether a private host can have this name. */
export const isHostName = (name: string): boolean => HOST_NAME.test(name);

export const hostLayout = (options: { name: string; directory: string }): HostLayout => {
  const { name } = options;
  invariant(isHostName(name), 'a private host has a valid host name');
  const directory = resolve(options.directory);
  const digest = createHash('sha256').update(`${directory}\0${name}`).digest('hex');
  const netns = `nova-${name}-${digest.slice(0, 8)}`;
  // Not below the directory: a socket path has at most 107 bytes, and these files must not survive a reboot.
  const runDirectory = `/run/nova-ts/${netns}`;
  return {
    name,
    directory,
    netns,
    netnsFile: `/run/netns/${netns}`,
    runDirectory,
    pidFile: join(runDirectory, 'libvirtd.pid'),
    libvirtSocket: join(runDirectory, 'libvirt-sock'),
    arrivals: join(runDirectory, 'in'),
    logFile: join(directory, 'libvirtd.log'),
    etc: join(directory, 'etc'),
    lib: join(directory, 'lib'),
    log: join(directory, 'log'),
    cache: join(directory, 'cache'),
    tpmAuthority: join(directory, 'tpm-authority'),
    warmCache: join(directory, '..', 'libvirt-capabilities'),
    uuid: uuidOf(digest),
  };
};

/** A version 8 (custom) UUID of the first hex digits. */
const uuidOf = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
