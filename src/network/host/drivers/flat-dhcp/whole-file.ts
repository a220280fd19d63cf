/** Reads and replaces small files as a whole: a reader sees the old text or the new, never half of it. */
import { readFile, rename, writeFile } from 'node:fs/promises';

/** The text of a file; empty when there is none. */
export const textOf = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });

/** Replaces the file atomically, by a rename. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o644 });
  await rename(`${path}.new`, path);
}
