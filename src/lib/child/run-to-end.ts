import { spawn } from 'node:child_process';

/** What a program may use, and for how long. */
export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly cwd?: string | undefined;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** Written to its standard input, which is empty otherwise. */
  readonly input?: string | undefined;
  readonly timeoutMs: number;
  /** Kills it, with everything that it started. */
  readonly signal?: AbortSignal | undefined;
}

/** A program could not be started, failed, or took too long. The message ends with what it wrote to standard error. */
export class ChildFailed extends Error {
  /** Null when it did not exit by itself. */
  readonly exitCode: number | null;
  readonly stderr: string;

  constructor(command: string, why: string, { exitCode, stderr }: { exitCode: number | null; stderr: string }, options?: ErrorOptions) {
    super(`Command failed (${why}): ${command}\n${stderr}`.trim(), options);
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/** More output than this ends a program. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/**
 * Runs a program to its end; rejects with ChildFailed. It has a process group of its own: Ctrl-C at the terminal reaches only us, and we
 * decide what is still finished.
 */
export function runToEnd(file: string, args: readonly string[], options: RunOptions): Promise<{ stdout: string; stderr: string }> {
  const { input = '', timeoutMs, signal, env, cwd, uid, gid } = options;
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const identity = { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
    const child = spawn(file, args, { env: env ?? process.env, ...(cwd === undefined ? {} : { cwd }), ...identity, detached: true });
    const output = { stdout: '', stderr: '' };
    let ended: string | undefined;
    const end = (why: string): void => {
      ended ??= why;
      if (child.pid !== undefined) killGroup(child.pid);
    };
    const fail = (why: string, exitCode: number | null, cause?: unknown) =>
      reject(new ChildFailed([file, ...args].join(' '), why, { exitCode, stderr: output.stderr }, cause === undefined ? {} : { cause }));
    const limit = AbortSignal.timeout(timeoutMs);
    const onTimeout = () => end(`timed out after ${timeoutMs} ms`);
    const onAbort = () => end('given up');
    limit.addEventListener('abort', onTimeout);
    signal?.addEventListener('abort', onAbort);
    const release = (): void => {
      limit.removeEventListener('abort', onTimeout);
      signal?.removeEventListener('abort', onAbort);
    };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
        if (output[name].length > MAX_OUTPUT_BYTES) end('it wrote too much');
      });
    }
    child.once('error', (cause) => {
      release();
      fail(cause.message, null, cause);
    });
    child.once('close', (code, killedBy) => {
      release();
      if (ended === undefined && code === 0) resolve(output);
      else fail(ended ?? (code === null ? `killed by ${killedBy}` : `exit code ${code}`), ended === undefined ? code : null);
    });
    // A program that dies before reading its input breaks the pipe; its exit code reports the failure.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // All of it has ended by itself.
  }
}
