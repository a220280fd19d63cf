import { closeSync, copyFileSync, existsSync, fstatSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorType, messageOf } from '../errors/error-type.ts';

export const LogFileUnusable = errorType(
  'LogFileUnusable',
  'invalid',
  (p: { path: string; because: string }) => `the log file ${p.path} cannot be written (${p.because})`,
);

/** Where a log goes, and how large it may get. */
export interface LogFileOptions {
  readonly path: string;
  readonly maxBytes: number;
}

/**
 * A log file of bounded size: a full one is copied to `PATH.1` and emptied in place. It keeps its inode, so that whoever else appends to
 * it (our own standard error, which tells why the process crashed) stays in the file that people read. Lines are written at once, so that
 * a crash loses none.
 */
export function openLogFile({ path, maxBytes }: LogFileOptions): { write(line: string): void; end(): void } {
  const fd = openForAppending(path);
  let bytes = fstatSync(fd).size;
  return {
    write: (line) => {
      bytes += append(fd, line);
      if (bytes < maxBytes) return;
      keepOne(path, fd);
      bytes = 0;
    },
    end: () => closeSync(fd),
  };
}

/** On a full disk the line is lost, and the program goes on. */
function append(fd: number, line: string): number {
  try {
    return writeSync(fd, line);
  } catch {
    return 0;
  }
}

function openForAppending(path: string): number {
  try {
    if (!existsSync(dirname(path))) mkdirSync(dirname(path));
    return openSync(path, 'a', 0o600);
  } catch (cause) {
    throw LogFileUnusable({ path, because: messageOf(cause) }, { cause });
  }
}

function keepOne(path: string, fd: number): void {
  try {
    copyFileSync(path, `${path}.1`);
  } catch {
    // There is no room for a copy: emptying the file makes some.
  }
  ftruncateSync(fd, 0);
}

/** Fails where the file cannot be written; creates it, for its owner alone. */
export const proveLogFile = (path: string): void => closeSync(openForAppending(path));
