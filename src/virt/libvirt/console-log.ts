import { open } from 'node:fs/promises';
import { lastLines } from '../console-tail.ts';
import { MAX_CONSOLE_BYTES } from '../driver.ts';

/** The end of a guest's console log, at most MAX_CONSOLE_BYTES; empty where nothing was said yet. */
export const consoleTail = async (file: string, lines: number | undefined): Promise<string> => lastLines(await endOf(file), lines);

const endOf = async (file: string): Promise<string> => {
  const log = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!log) return '';
  try {
    const { size } = await log.stat();
    const length = Math.min(size, MAX_CONSOLE_BYTES);
    const { buffer, bytesRead } = await log.read(Buffer.alloc(length), 0, length, size - length);
    return bounded(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await log.close();
  }
};

// A guest may say bytes that are no text; what stands for them takes more room. Cutting may tear one character into three such signs.
const bounded = (text: string): string =>
  Buffer.byteLength(text) <= MAX_CONSOLE_BYTES
    ? text
    : Buffer.from(text)
        .subarray(-(MAX_CONSOLE_BYTES - 9))
        .toString('utf8');
