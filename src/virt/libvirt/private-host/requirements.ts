import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../../lib/errors/error-type.ts';
import { runTool, toolEnvironment } from './tool.ts';

// Checks up front what a private host needs from the machine.

/** Each program with the Debian package that provides it. */
const PROGRAMS = {
  libvirtd: 'libvirt-daemon-system',
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  ip: 'iproute2',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  tini: 'tini',
} as const;

/** Whether private hosts can run here; if not, one sentence saying what is missing and how to get it. */
export const privateHostRequirements = async (): Promise<{ ok: true } | { ok: false; missing: string }> => {
  if (process.platform !== 'linux') return { ok: false, missing: 'Private compute hosts need Linux.' };
  if (process.getuid?.() !== 0) return { ok: false, missing: 'Private compute hosts need root, for network and mount namespaces.' };
  const absent = await absentPrograms();
  if (absent.length > 0) {
    const packages = [...new Set(absent.map((program) => PROGRAMS[program]))].join(' ');
    return {
      ok: false,
      missing: `Private compute hosts need ${absent.join(', ')}: apt-get install -y --no-install-recommends ${packages}`,
    };
  }
  return mayMakeNamespaces();
};

type Program = keyof typeof PROGRAMS;

const isProgram = (name: string): name is Program => name in PROGRAMS;

const absentPrograms = async (): Promise<readonly Program[]> => {
  const programs = Object.keys(PROGRAMS).filter(isProgram);
  const found = await Promise.all(programs.map(isOnPath));
  return programs.filter((_, index) => !found[index]);
};

const isOnPath = async (program: string): Promise<boolean> => {
  const folders = (toolEnvironment['PATH'] ?? '').split(':').filter((folder) => folder !== '');
  return Promise.any(folders.map((folder) => access(join(folder, program), constants.X_OK))).then(
    () => true,
    () => false,
  );
};

/** Root in a container may lack the right: only trying tells. */
const mayMakeNamespaces = (): Promise<{ ok: true } | { ok: false; missing: string }> =>
  runTool('unshare', ['--net', '--mount', '--uts', 'mount', '-t', 'sysfs', 'sysfs', '/sys']).then(
    () => ({ ok: true }),
    (error: unknown) => ({
      ok: false,
      missing: `Private compute hosts need the right to make namespaces and to mount (CAP_SYS_ADMIN): ${messageOf(error).trim().split('\n').at(-1)}`,
    }),
  );
