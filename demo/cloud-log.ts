import { open } from 'node:fs/promises';

/** Only the end of a log is ever read. */
const END_BYTES = 64 * 1024;
const WIDEST = 300;

/** The last lines of the cloud's log, as people read them. */
export async function tailOf(logFile: string, lines: number): Promise<readonly string[]> {
  const written = (await endOf(logFile)).split('\n').filter((line) => line.trim() !== '');
  return written.slice(-lines).map((line) => readable(line).slice(0, WIDEST));
}

async function endOf(file: string): Promise<string> {
  const handle = await open(file).catch(() => undefined);
  if (!handle) return '';
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(END_BYTES), position: Math.max(0, size - END_BYTES) });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** A JSON line as `level message: error`; anything else as it is. */
export function readable(line: string): string {
  const entry = objectIn(line);
  if (!entry || typeof entry.msg !== 'string') return line;
  const error = isObject(entry.err) ? entry.err.message : entry.error;
  return `${String(entry.level)} ${entry.msg}${typeof error === 'string' ? `: ${error}` : ''}`;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function objectIn(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
