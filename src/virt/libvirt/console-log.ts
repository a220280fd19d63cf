import { appendFile, open, truncate } from 'node:fs/promises';
import { lastLines } from '../console-tail.ts';
import { MAX_CONSOLE_BYTES } from '../driver.ts';

// The console log of a guest: a file that QEMU, or libvirt's log daemon, appends to for as long as the guest has something to say.

/** Beyond this a log is cut: a guest may say anything for ever, and its host's disk is not its own. */
const MAX_LOG_BYTES = 4 * 1024 * 1024;

/** The end of a guest's console log, at most MAX_CONSOLE_BYTES; empty where nothing was said yet. */
export const consoleTail = async (file: string, lines: number | undefined): Promise<string> => {
  const { tail } = await endOf(file);
  // The log daemon begins a new file now and then, and keeps the one before.
  const before = tail.length < MAX_CONSOLE_BYTES ? (await endOf(`${file}.0`)).tail : Buffer.alloc(0);
  return lastLines(bounded(Buffer.concat([before, tail]).subarray(-MAX_CONSOLE_BYTES)), lines);
};

/** Cuts a log that has grown too long down to its end; whoever writes goes on at its new end. */
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

/** As text. A guest may say bytes that are none, and the sign for such a one takes three; cutting may tear one character into three signs. */
const bounded = (bytes: Buffer): string => {
  const text = bytes.toString('utf8');
  return Buffer.byteLength(text) <= MAX_CONSOLE_BYTES
    ? text
    : Buffer.from(text)
        .subarray(-(MAX_CONSOLE_BYTES - 9))
        .toString('utf8');
};
