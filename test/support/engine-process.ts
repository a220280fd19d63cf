/** Engines that a test starts as its own child processes: on loopback, each with its own directory, ended with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { systemClock } from '../../src/lib/clock/clock.ts';

const BOOT_TIMEOUT_MS = 60_000;

/** A running engine. */
export interface Engine {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Like a power cut. */
  kill9(): Promise<void>;
  /** On the same port, with the same data if it keeps any. */
  start(): Promise<void>;
  /** Stops it where it is: connections stay, nothing is answered. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

/** Starts an engine; resolves when it accepts connections. `gone` removes what it leaves. */
export async function startEngine(
  port: number,
  { command, args, cwd }: { readonly command: string; readonly args: readonly string[]; readonly cwd?: string },
  gone: () => Promise<void> = async () => {},
): Promise<Engine> {
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawnOwned(command, args, { cwd });
    await accepting(port, child);
  };
  const kill9 = async (): Promise<void> => {
    if (child) await end(child);
  };
  await start();
  return {
    address: `127.0.0.1:${port}`,
    start,
    kill9,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    stop: async () => {
      await kill9();
      await gone();
    },
  };
}

/** A child process that dies with this one, however this one ends. */
export const spawnOwned = (
  command: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd?: string | undefined; readonly env?: NodeJS.ProcessEnv },
): ChildProcess => spawn('setpriv', ['--pdeathsig', 'KILL', '--', command, ...args], { cwd, env: env ?? process.env, stdio: 'ignore' });

/** Kills it, unless it has ended. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exited;
}

/** Resolves when the child accepts connections. */
export async function accepting(port: number, child: ChildProcess, timeoutMs = BOOT_TIMEOUT_MS): Promise<void> {
  const startMs = systemClock.monotonicMs();
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(' ')} ended with ${child.exitCode} before it was ready`);
    if (systemClock.monotonicMs() - startMs > timeoutMs) throw new Error(`nothing listens on port ${port} after ${timeoutMs} ms`);
    await systemClock.sleep(50);
  }
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
