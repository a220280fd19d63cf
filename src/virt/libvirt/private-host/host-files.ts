import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostLayout } from './layout.ts';

// Directories and configuration of a private host's libvirtd, and the capability cache that saves it seconds of probing.

const libvirtdConf = (layout: HostLayout): string => `\
# Written at every start.
host_uuid = "${layout.uuid}"
listen_tls = 0
listen_tcp = 0
auth_unix_rw = "none"
unix_sock_rw_perms = "0700"
`;

// Guests run as root without confinement: the host is a simulation, and its files must be reachable from outside by the same paths.
// Control groups are left alone, because several daemons would collide in one tree; hence no CPU quota or shares.
const qemuConf = `\
# Written at every start.
security_driver = "none"
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
stdio_handler = "file"
namespaces = [ ]
cgroup_controllers = [ ]
`;

/** Creates the directories and writes the configuration; libvirtd's own files are kept. */
export const writeHostFiles = async (layout: HostLayout): Promise<void> => {
  for (const directory of [layout.directory, layout.etc, layout.lib, layout.log, layout.cache, layout.warmCache])
    await mkdir(directory, { recursive: true });
  // The sockets inside give full control over the host.
  await mkdir(layout.runDirectory, { recursive: true, mode: 0o700 });
  await writeFile(join(layout.etc, 'libvirtd.conf'), libvirtdConf(layout));
  await writeFile(join(layout.etc, 'qemu.conf'), qemuConf);
  // The host has no DNS, so its own name must be in its hosts file.
  await writeFile(join(layout.directory, 'hosts'), `127.0.0.1 localhost\n127.0.1.1 ${layout.name}\n`);
  await copyMissing(layout.warmCache, capabilities(layout));
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
