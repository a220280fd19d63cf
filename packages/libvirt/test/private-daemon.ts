import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, is } from '../src/index.ts';

/** A libvirtd for one test: unprivileged and in its own directory, so it neither sees nor disturbs the system's. */
export interface PrivateDaemon {
  readonly socket: string;
  /** Writable by the daemon. */
  readonly directory: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

const nobody = 65_534;
const startAttempts = 250;
const attemptMs = 20;
const path = '/usr/sbin:/usr/bin:/sbin:/bin';

/** Whether the programs are installed; logs which is missing, and fails where skipping is not allowed. */
export const areInstalled = (...programs: readonly string[]): boolean => {
  const missing = programs.filter((program) => spawnSync('which', [program], { env: { PATH: path } }).status !== 0);
  if (missing.length === 0) return true;
  const message = `Not tested: ${missing.join(' and ')} missing (Debian: libvirt-daemon, libvirt-daemon-driver-qemu, qemu-system-x86).`;
  if (process.env['CI'] === 'true') throw new Error(message);
  process.stderr.write(`${message}\n`);
  return false;
};

/** Starts a daemon with these lines of libvirtd.conf and waits until it answers. */
export const startDaemon = async (...configuration: readonly string[]): Promise<PrivateDaemon> => {
  const directory = mkdtempSync(join(tmpdir(), 'libvirt-'));
  const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  const config = join(directory, 'config/libvirt');
  for (const name of [config, join(directory, 'run'), join(directory, 'cache')]) mkdirSync(name, { recursive: true });
  writeFileSync(join(config, 'libvirtd.conf'), configuration.map((line) => `${line}\n`).join(''));
  // Otherwise QEMU's output goes through virtlogd, which is not running.
  writeFileSync(join(config, 'qemu.conf'), 'stdio_handler = "file"\n');
  if (user.uid !== undefined)
    for (const name of ['', 'run', 'cache', 'config', 'config/libvirt']) chownSync(join(directory, name), user.uid, user.gid);
  // A daemon of an ordinary user keeps everything under these directories, and needs no privileges.
  const env = {
    PATH: path,
    HOME: directory,
    XDG_RUNTIME_DIR: join(directory, 'run'),
    XDG_CONFIG_HOME: dirname(config),
    XDG_CACHE_HOME: join(directory, 'cache'),
  };
  const daemon = spawn('libvirtd', [], { env, stdio: 'ignore', ...user });
  const socket = join(directory, 'run/libvirt/libvirt-sock');
  await answers(socket);
  return { socket, directory, process: daemon, stop: () => stop(daemon, directory) };
};

const answers = async (socket: string): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      const libvirt = await connect({ socket, uri: 'test:///default', keepalive: false });
      return await libvirt.close();
    } catch (error) {
      if (!is(error, 'connect-failed') || attempt === startAttempts) throw error;
      await delay(attemptMs);
    }
  }
};

const stop = async (daemon: ChildProcess, directory: string): Promise<void> => {
  if (daemon.exitCode === null && daemon.signalCode === null) {
    daemon.kill('SIGKILL');
    await once(daemon, 'exit');
  }
  for (const pid of guestsOf(directory)) killIfThere(pid);
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
};

// Guests outlive their daemon; a failed test must not leave one behind.
const guestsOf = (directory: string): number[] => {
  const runs = join(directory, 'run/libvirt/qemu/run');
  const files = readdirSync(runs).filter((name) => name.endsWith('.pid') && name !== 'driver.pid');
  return files.map((name) => Number(readFileSync(join(runs, name), 'utf8'))).filter((pid) => pid > 1);
};

const killIfThere = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has already ended.
  }
};
