/** A screen without a monitor, and programs on it: what the distribution's clients of VNC and SPICE show. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Picture, readXwd } from './picture.ts';

const PROGRAMS = {
  Xvfb: 'xvfb',
  xtigervncviewer: 'tigervnc-viewer',
  'remote-viewer': 'virt-viewer',
  'spicy-screenshot': 'spice-client-gtk',
};

/** Names the packages of the programs that are missing here. */
export const missingClients = Object.entries(PROGRAMS).find(([name]) => !existsSync(`/usr/bin/${name}`))?.[1];

export interface XScreen {
  /** Starts a program on it. */
  run(program: keyof typeof PROGRAMS, ...args: string[]): void;
  picture(): Promise<Picture>;
  close(): Promise<void>;
}

export async function startXScreen(): Promise<XScreen> {
  const directory = await mkdtemp(join(tmpdir(), 'nova-ts-screen-'));
  const flags = ['-displayfd', '3', '-screen', '0', '800x600x24', '-fbdir', directory, '-nolisten', 'tcp'];
  const server = spawn('Xvfb', flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const display = await displayOf(server);
  const clients: ChildProcess[] = [];
  return {
    run: (program, ...args) => {
      const env = { PATH: '/usr/bin:/bin', HOME: directory, XDG_RUNTIME_DIR: directory, DISPLAY: `:${display}` };
      clients.push(spawn(program, args, { env, stdio: 'ignore' }));
    },
    picture: async () => readXwd(await readFile(join(directory, 'Xvfb_screen0'))),
    close: async () => {
      for (const child of [...clients, server]) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
      await rm(`/tmp/.X${display}-lock`, { force: true });
      await rm(`/tmp/.X11-unix/X${display}`, { force: true });
    },
  };
}

function displayOf({ stdio }: ChildProcess): Promise<string> {
  const [, , , told] = stdio;
  return new Promise((resolve, reject) => {
    if (!told || !('readable' in told)) return reject(new Error('Xvfb tells no display'));
    const lines = createInterface({ input: told });
    lines.once('line', resolve);
    lines.once('close', () => reject(new Error('Xvfb did not start')));
  });
}
