/** Runs commands in a host's network namespace: this process's own or a named one. Uses no shell, and every command has a timeout. */
import { execFile } from 'node:child_process';
import { errorType } from '../../../lib/errors/error-type.ts';
import { findTool } from './find-tool.ts';

export interface HostShell {
  /** The namespace below /run/netns; null is the one of this process. */
  readonly netns: string | null;
  /** Runs to the end; rejects with CommandFailed or ToolMissing. `input` goes to standard input. */
  run(command: string, args: readonly string[], options?: { input?: string }): Promise<{ stdout: string }>;
}

/** A host command that failed. The public message names only the tool; arguments and stderr are for the log. */
export const CommandFailed = errorType(
  'CommandFailed',
  'internal',
  (p: { command: string; args: readonly string[]; exitCode: number | null; stderr: string }) =>
    `The host command ${p.command} failed${p.exitCode === null ? '' : ` with exit code ${p.exitCode}`}.`,
);

/** Commands normally take far less; longer means a hung kernel or tool. */
const DEFAULT_TIMEOUT_MS = 20_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** A shell for one host. nsenter and not `ip netns exec`: the latter hides the cgroups and remounts /sys. */
export const hostShell = ({ netns, timeoutMs = DEFAULT_TIMEOUT_MS }: { netns: string | null; timeoutMs?: number }): HostShell => ({
  netns,
  run: async (command, args, options = {}) => {
    const tool = await findTool(command);
    const [file, ...prefix] = await enter(netns, tool);
    return await new Promise((resolve, reject) => {
      const limits = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT_BYTES } as const;
      const child = execFile(file, [...prefix, ...args], limits, (error, stdout, stderr) => {
        if (!error) return resolve({ stdout });
        const exitCode = typeof error.code === 'number' ? error.code : null;
        const said = stderr.trim() || (error.killed ? `timed out after ${timeoutMs} ms` : error.message);
        reject(CommandFailed({ command, args, exitCode, stderr: said }, { cause: new Error(said, { cause: error }) }));
      });
      // A tool that dies before reading its input breaks the pipe; its exit code reports the failure.
      child.stdin?.on('error', () => {});
      child.stdin?.end(options.input ?? '');
    });
  },
});

/** The command line that runs `tool` inside the namespace. */
export const enter = async (netns: string | null, tool: string): Promise<[string, ...string[]]> =>
  netns === null ? [tool] : [await findTool('nsenter'), `--net=${netnsPath(netns)}`, tool];

/** Where the kernel's handle of a named namespace is mounted. */
export const netnsPath = (netns: string): string => `/run/netns/${netns}`;
