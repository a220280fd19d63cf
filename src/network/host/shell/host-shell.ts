/** Runs commands in a host's network namespace: this process's own or a named one. Uses no shell, and every command has a timeout. */
import { ChildFailed, runToEnd } from '../../../lib/child/run-to-end.ts';
import { errorType, messageOf } from '../../../lib/errors/error-type.ts';
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

/** A shell for one host. nsenter and not `ip netns exec`: the latter hides the cgroups and remounts /sys. */
export const hostShell = ({ netns, timeoutMs = DEFAULT_TIMEOUT_MS }: { netns: string | null; timeoutMs?: number }): HostShell => ({
  netns,
  run: async (command, args, options = {}) => {
    const tool = await findTool(command);
    const [file, ...prefix] = await enter(netns, tool);
    try {
      const { stdout } = await runToEnd(file, [...prefix, ...args], { timeoutMs, input: options.input });
      return { stdout };
    } catch (error) {
      const { exitCode, stderr } = error instanceof ChildFailed ? error : { exitCode: null, stderr: '' };
      const said = stderr.trim() || messageOf(error);
      throw CommandFailed({ command, args, exitCode, stderr: said }, { cause: new Error(said, { cause: error }) });
    }
  },
});

/** Runs a command that may fail; false if it did. */
export const commandSucceeds = (shell: HostShell, command: string, args: readonly string[]): Promise<boolean> =>
  shell.run(command, args).then(
    () => true,
    (error: unknown) => {
      if (CommandFailed.is(error)) return false;
      throw error;
    },
  );

/** Runs lines of `ip` in one process, if there are any. */
export async function runIpBatch(shell: HostShell, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await shell.run('ip', ['-batch', '-'], { input: `${lines.join('\n')}\n` });
}

/** The command line that runs `tool` inside the namespace. */
export const enter = async (netns: string | null, tool: string): Promise<[string, ...string[]]> =>
  netns === null ? [tool] : [await findTool('nsenter'), `--net=${netnsPath(netns)}`, tool];

/** The directory of the kernel's handles of named namespaces. */
export const NAMESPACES = '/run/netns';

/** Where the kernel's handle of a named namespace is mounted. */
export const netnsPath = (netns: string): string => `${NAMESPACES}/${netns}`;
