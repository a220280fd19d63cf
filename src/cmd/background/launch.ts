import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { proveLogFile } from '../../lib/log/log-file.ts';
import type { Given, Settings } from '../cloud/runtime.ts';

/** A program that this process started, in a session of its own: it survives the terminal and Ctrl-C. */
export interface Launched {
  readonly child: ChildProcess;
  hasEnded(): boolean;
  /** Why it ended before it was ready: its last words or, when it had none, how it ended. */
  lastWords(): string;
}

/** The entry point that this program was started by. */
const MAIN = process.argv[1] ?? '';

/** Starts a service; whatever it prints goes to the end of its log. */
export function launch({ service }: Settings, { configFiles }: Given, logFile: string): Launched {
  proveLogFile(logFile);
  const logStart = statSync(logFile).size;
  const output = openSync(logFile, 'a');
  const files = configFiles.flatMap((file) => ['--config-file', file]);
  const args = [...process.execArgv, MAIN, service, ...files, '--log-file', logFile];
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  // The child's own failure to start shows as an exit without a process id.
  child.once('error', () => {});
  child.unref();
  const hasEnded = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  const howEnded = () => (child.signalCode === null ? `it ended with status ${child.exitCode}` : `it was killed by ${child.signalCode}`);
  return { child, hasEnded, lastWords: () => complaintIn(logFile, logStart, service) ?? howEnded() };
}

/** The line with which a program says why it cannot start. It stands between the JSON lines of the log. */
function complaintIn(logFile: string, start: number, service: string): string | undefined {
  const opening = `nova-ts ${service}: `;
  const lines = readFileSync(logFile).subarray(start).toString('utf8').split('\n');
  return lines.findLast((line) => line.startsWith(opening))?.slice(opening.length);
}
