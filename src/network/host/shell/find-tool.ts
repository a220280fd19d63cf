/** Finds the host's tools, and says which package to install where one is missing. */
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { errorType } from '../../../lib/errors/error-type.ts';

/** A program of the operating system that is not installed. */
export const ToolMissing = errorType(
  'ToolMissing',
  'unavailable',
  (p: { tool: string; package: string }) => `The program ${p.tool} is missing; install it with: apt-get install ${p.package}`,
);

/** Debian's package of each tool that we call. */
const packageOf: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  bridge: 'iproute2',
  nft: 'nftables',
  dnsmasq: 'dnsmasq-base',
  ping: 'iputils-ping',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  modprobe: 'kmod',
};

/** Administrators' tools lie in directories that are often not on a service's PATH. */
const SBIN = ['/usr/sbin', '/sbin'];

const found = new Map<string, string>();

/** The full path of a tool; rejects with ToolMissing. */
export async function findTool(tool: string): Promise<string> {
  if (tool.includes('/')) return tool;
  const known = found.get(tool);
  if (known) return known;
  const directories = [...(process.env['PATH'] ?? '').split(':').filter(Boolean), ...SBIN];
  for (const directory of directories) {
    const path = join(directory, tool);
    if (await isExecutable(path)) {
      found.set(tool, path);
      return path;
    }
  }
  throw ToolMissing({ tool, package: packageOf[tool] ?? tool });
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
