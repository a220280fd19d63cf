import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { silentLog } from '../src/lib/log/log.ts';
import { buildTinyGuest, SHARED_CACHE, type TinyGuest, tinyGuestCommandLine } from './tiny-guest.ts';

const TOOLS = ['qemu-system-x86_64', 'qemu-img', 'apt-get', 'dropbear', 'mkfs.ext4', 'cpio', 'busybox', 'modprobe'];
const READY_LIMIT_MS = 60_000;

const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
const missing = TOOLS.filter((tool) => !folders.some((folder) => existsSync(join(folder, tool))));
const cannotRun = missing.length > 0 && process.env['CI'] !== 'true';
if (cannotRun) process.stderr.write(`tiny guest: skipped, missing ${missing.join(', ')}\n`);

/** The serial console's lines of a guest without network, until one of them says READY. */
const bootUntilReady = async (guest: TinyGuest): Promise<string> => {
  const qemu = spawn(
    'qemu-system-x86_64',
    '-accel tcg -m 96 -nic none -display none -serial stdio -snapshot'
      .split(' ')
      .concat(['-kernel', guest.kernel, '-initrd', guest.ramdisk, '-append', tinyGuestCommandLine])
      .concat(['-drive', `file=${guest.disk},if=virtio,format=qcow2`]),
    { stdio: ['ignore', 'pipe', 'inherit'], timeout: READY_LIMIT_MS },
  );
  const exited = once(qemu, 'exit');
  try {
    for await (const line of createInterface(qemu.stdout)) if (line.startsWith('GUEST-READY')) return line;
    return 'never ready';
  } finally {
    qemu.kill('SIGKILL');
    await exited;
  }
};

describe.skipIf(cannotRun)('the tiny guest', () => {
  // Kept between runs, and shared with clouds: the kernel package is downloaded once.
  const build = { log: silentLog, fallbackDir: join(tmpdir(), 'nova-ts-unused') };

  test('is built once and says that it is ready, without metadata where there is no network', async () => {
    const guest = await buildTinyGuest(build);
    expect(await buildTinyGuest(build)).toEqual(guest);
    expect(await bootUntilReady(guest)).toMatch(/^GUEST-READY metadata=none id=none hostname=tiny ip=none boots=1 uptime=\d+\.\d+\s*$/);
  });

  test('leaves nothing half-built behind', async () => {
    await buildTinyGuest(build);
    expect((await readdir(SHARED_CACHE)).filter((name) => name.startsWith('.build-'))).toEqual([]);
  });

  test('is taken from the fallback where the checkout cannot be written', async () => {
    const guest = await buildTinyGuest(build);
    const unwritable = join(import.meta.filename, 'cache');
    expect(await buildTinyGuest({ log: silentLog, cacheDir: unwritable, fallbackDir: SHARED_CACHE })).toEqual(guest);
  });

  test('is not built when the program stops, and leaves nothing', async () => {
    const cacheDir = await mkdtemp(join(tmpdir(), 'nova-ts-no-guest-'));
    onTestFinished(() => rm(cacheDir, { recursive: true }));
    const stopped = buildTinyGuest({ ...build, cacheDir, signal: AbortSignal.timeout(300) });
    await expect(stopped).rejects.toThrow('could not be built');
    expect((await readdir(cacheDir)).filter((name) => name.startsWith('.build-'))).toEqual([]);
  });

  test('names every missing tool with its package, and fails', async () => {
    const scratch = await mkdtemp(join(tmpdir(), 'nova-ts-no-tools-'));
    onTestFinished(() => rm(scratch, { recursive: true }));
    await symlink('/usr/bin/dirname', join(scratch, 'dirname'));
    const { status, stderr } = spawnSync(join(import.meta.dirname, 'build'), [join(scratch, 'out')], {
      env: { PATH: scratch },
      encoding: 'utf8',
    });
    expect(status).toBe(3);
    expect(stderr).toMatch(
      /missing:.* busybox \(package busybox-static\).* qemu-img \(package qemu-utils\).*apt-get install .*busybox-static.*qemu-utils/,
    );
  });
});
