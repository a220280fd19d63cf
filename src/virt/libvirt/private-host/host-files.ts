import { chmod, chown, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GuestAccount } from './guest-account.ts';
import type { HostLayout } from './layout.ts';

// Directories and configuration of a private host's libvirtd, and the capability cache that saves it seconds of probing.

const libvirtdConf = (layout: HostLayout): string => `\
# Written at every start.
host_uuid = "${layout.uuid}"
listen_tls = 0
listen_tcp = 0
auth_unix_rw = "none"
unix_sock_rw_perms = "0700"
unix_sock_ro_perms = "0700"
`;

// There is no security driver: the host's files must be reachable from outside by the same paths. libvirt gives a guest's files to the
// account when the guest starts. Control groups are left alone, because several daemons would collide in one tree; hence no CPU quota or shares.
const qemuConf = ({ user, group, owns }: { user: string; group: string; owns: 0 | 1 }): string => `\
# Written at every start.
security_driver = "none"
user = "${user}"
group = "${group}"
swtpm_user = "${user}"
swtpm_group = "${group}"
dynamic_ownership = ${owns}
remember_owner = 0
stdio_handler = "file"
namespaces = [ ]
cgroup_controllers = [ ]
`;

/** libvirtd reads a number with a plus sign as an id, any other as a name. */
const qemuConfFor = (account: GuestAccount): string =>
  account.kind === 'root'
    ? qemuConf({ user: 'root', group: 'root', owns: 0 })
    : qemuConf({ user: `+${account.uid}`, group: `+${account.gid}`, owns: 1 });

const fileOfQemuConf = (layout: HostLayout): string => join(layout.etc, 'qemu.conf');

/** Whether the host's libvirtd was started to run guests as this account. */
export const isConfiguredFor = async (layout: HostLayout, account: GuestAccount): Promise<boolean> =>
  (await readFile(fileOfQemuConf(layout), 'utf8').catch(() => '')) === qemuConfFor(account);

/** Creates the directories and writes the configuration; libvirtd's own files are kept. */
export const writeHostFiles = async (layout: HostLayout, account: GuestAccount): Promise<void> => {
  for (const directory of [layout.directory, layout.etc, layout.lib, layout.log, layout.cache, layout.warmCache, layout.tpmAuthority])
    await mkdir(directory, { recursive: true });
  if (account.kind === 'own') await chown(layout.tpmAuthority, account.uid, account.gid);
  // QEMU passes through these to its own sockets and files; libvirtd's sockets there are only for root.
  await mkdir(layout.runDirectory, { recursive: true });
  for (const directory of [layout.runDirectory, layout.lib, layout.cache]) await chmod(directory, 0o711);
  await writeFile(join(layout.etc, 'libvirtd.conf'), libvirtdConf(layout));
  await writeFile(fileOfQemuConf(layout), qemuConfFor(account));
  // The host has no DNS, so its own name must be in its hosts file.
  await writeFile(join(layout.directory, 'hosts'), `127.0.0.1 localhost\n127.0.1.1 ${layout.name}\n`);
  await copyMissing(layout.warmCache, capabilities(layout));
};

/** Lets QEMU make sockets, to which libvirt gives the QEMUs of other hosts access one by one. */
export const openArrivals = async ({ runDirectory, arrivals }: HostLayout, account: GuestAccount): Promise<void> => {
  await mkdir(arrivals, { recursive: true });
  // Earlier releases closed the directory that all hosts share.
  for (const directory of [dirname(runDirectory), arrivals]) await chmod(directory, 0o711);
  if (account.kind === 'own') await chown(arrivals, account.uid, account.gid);
};

/** Saves libvirtd's QEMU capabilities, which take seconds to probe, for later hosts; libvirt invalidates them when QEMU changes. */
export const keepCapabilities = async (layout: HostLayout): Promise<void> => {
  await copyMissing(capabilities(layout), layout.warmCache);
};

const capabilities = (layout: HostLayout): string => join(layout.cache, 'qemu', 'capabilities');

const copyMissing = async (from: string, to: string): Promise<void> => {
  await mkdir(from, { recursive: true });
  await mkdir(to, { recursive: true });
  const present = new Set(await readdir(to));
  for (const file of await readdir(from)) {
    if (file.endsWith('.xml') && !present.has(file)) await copyFile(join(from, file), join(to, file));
  }
};
