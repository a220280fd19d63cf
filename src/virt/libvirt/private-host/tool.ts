import { runToEnd } from '../../../lib/child/run-to-end.ts';

// Runs system programs, including those outside an ordinary user's PATH.

/** No tool takes longer unless something is very wrong, except where the caller says so. */
const TOOL_LIMIT_MS = 30_000;

/** The environment in which tools and daemons are started. */
export const toolEnvironment: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin`,
  LC_ALL: 'C',
};

/** Runs a tool; resolves with its standard output, rejects with its error output when it fails. */
export const runTool = async (
  command: string,
  args: readonly string[],
  { timeoutMs = TOOL_LIMIT_MS, signal }: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
): Promise<string> => {
  const { stdout } = await runToEnd(command, args, { env: toolEnvironment, timeoutMs, signal });
  return stdout;
};
