import { appendFile, open, truncate } from 'node:fs/promises';
import { lastLines } from '../console-tail.ts';
import { MAX_CONSOLE_BYTES } from '../driver.ts';

// The console log of a guest: a file to which QEMU or libvirt's log daemon appends all output of the guest.

/** Beyond this size a log is cut, so that a guest cannot fill its host's disk. */
const MAX_LOG_BYTES = 4 * 1024 * 1024;

/** The end of a guest's console log, at most MAX_CONSOLE_BYTES; empty when there is no output yet. */
export const consoleTail = async (file: string, lines: number | undefined): Promise<string> => {
  const { tail } = await endOf(file);
  const parts = [tail];
  // The log daemon rotates its file and keeps the previous one. A guest that was on another host has its log from there.
  for (const earlier of [`${file}.0`, earlierOf(file)])
    if (parts.reduce((sum, { length }) => sum + length, 0) < MAX_CONSOLE_BYTES) parts.unshift((await endOf(earlier)).tail);
  return lastLines(bounded(Buffer.concat(parts).subarray(-MAX_CONSOLE_BYTES)), lines);
};

/** What the console printed before the guest came to this host. */
export const earlierOf = (file: string): string => `${file}.earlier`;

/** Cuts an oversized log down to its end; the writer continues at the new end. */
export const cutConsoleLog = async (file: string): Promise<void> => {
  const { tail, size } = await endOf(file);
  if (size <= MAX_LOG_BYTES) return;
  await truncate(file);
  await appendFile(file, tail);
};

const endOf = async (file: string): Promise<{ tail: Buffer; size: number }> => {
  const log = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!log) return { tail: Buffer.alloc(0), size: 0 };
  try {
    const { size } = await log.stat();
    const length = Math.min(size, MAX_CONSOLE_BYTES);
    const { buffer, bytesRead } = await log.read(Buffer.alloc(length), 0, length, size - length);
    return { tail: buffer.subarray(0, bytesRead), size };
  } finally {
    await log.close();
  }
};

/** Decodes as text. Each invalid byte becomes a replacement character of three bytes, also where cutting split a character. */
const bounded = (bytes: Buffer): string => {
  const text = bytes.toString('utf8');
  return Buffer.byteLength(text) <= MAX_CONSOLE_BYTES
    ? text
    : Buffer.from(text)
        .subarray(-(MAX_CONSOLE_BYTES - 9))
        .toString('utf8');
};
