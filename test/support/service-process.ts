/** A `bin/nova-ts SERVICE` child process: start, wait until ready, stop (SIGTERM) or kill (SIGKILL). */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { systemClock } from '../../src/lib/clock/clock.ts';

const PROGRAM = new URL('../../bin/nova-ts', import.meta.url).pathname;
const READY_TIMEOUT_MS = 90_000;
/** A service promises to stop within this time. */
const STOP_TIMEOUT_MS = 10_000;
/** Log lines kept of one process. */
const MAX_LINES = 50_000;

/** A running service. */
export interface ServiceProcess {
  /** Its name; by default the service. */
  readonly name: string;
  readonly pid: number;
  /** Resolves at the line `nova-ts ready`; rejects if the process ends first or takes too long. */
  readonly ready: Promise<void>;
  /** Its output so far, stdout and stderr. */
  readonly lines: readonly string[];
  /** Sends SIGTERM; rejects unless it exits with status 0 within ten seconds. */
  stop(): Promise<void>;
  kill9(): Promise<void>;
  isRunning(): boolean;
}

/** Starts a service; it dies with the test process, however that ends. */
export function startService(service: string, env: NodeJS.ProcessEnv, name = service): ServiceProcess {
  const [command = PROGRAM, ...args] = [...tiedToParent(), PROGRAM, service];
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = readiness(name, child, lines);
  // A caller that starts several awaits them one after the other.
  ready.catch(() => {});
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  return {
    name,
    pid: child.pid ?? 0,
    ready,
    lines,
    isRunning,
    kill9: async () => {
      if (isRunning()) child.kill('SIGKILL');
      await ended;
    },
    stop: async () => {
      if (!isRunning()) throw new Error(`${name} had ended before it was told to: ${howEnded(child)}\n${tail(lines)}`);
      child.kill('SIGTERM');
      const inTime = await Promise.race([ended.then(() => true), systemClock.sleep(STOP_TIMEOUT_MS).then(() => false)]);
      if (!inTime) {
        child.kill('SIGKILL');
        await ended;
        throw new Error(`${name} did not stop within ${STOP_TIMEOUT_MS} ms\n${tail(lines)}`);
      }
      if (child.exitCode !== 0) throw new Error(`${name} ended with ${howEnded(child)}, not 0\n${tail(lines)}`);
    },
  };
}

const tiedToParent = () =>
  process.platform === 'linux' && spawnSync('setpriv', ['--version'], { stdio: 'ignore' }).status === 0
    ? ['setpriv', '--pdeathsig', 'KILL', '--']
    : [];

function readiness(name: string, child: ChildProcess, lines: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${name} ${why}\n${tail(lines)}`));
    const limit = new AbortController();
    systemClock.sleep(READY_TIMEOUT_MS, limit.signal).then(
      () => fail(`was not ready after ${READY_TIMEOUT_MS} ms`),
      () => {},
    );
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        if (lines.push(line) > MAX_LINES) lines.splice(0, MAX_LINES / 2);
        if (stream === child.stdout && line.trim() === 'nova-ts ready') {
          limit.abort();
          resolve();
        }
      });
    }
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    // `close`, not `exit`: by then all output has been read.
    child.once('close', () => {
      limit.abort();
      fail(`ended before it was ready (${howEnded(child)})`);
    });
  });
}

const howEnded = (child: ChildProcess) => (child.signalCode === null ? `status ${child.exitCode}` : `signal ${child.signalCode}`);

/** The last lines, for a message. */
const tail = (lines: readonly string[]) => lines.slice(-30).join('\n');
