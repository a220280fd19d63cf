/** Reads and replaces small files as a whole: a reader sees the old text or the new, never half of it. */
import { chown, readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { Account } from '../../../../lib/accounts/account.ts';

/** The text of a file; empty when there is none. */
export const textOf = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });

/** Replaces the file atomically, by a rename; it belongs to `owner`, if given. */
export async function writeWhole(path: string, text: string, owner?: Account): Promise<void> {
  await rm(`${path}.new`, { force: true });
  // Exclusive: in the directory of a daemon it could be a link to somebody else's file.
  await writeFile(`${path}.new`, text, { mode: 0o644, flag: 'wx' });
  if (owner) await chown(`${path}.new`, owner.uid, owner.gid);
  await rename(`${path}.new`, path);
}

/** Writes those files that have other contents. @returns whether none had */
export async function writeChanged(files: Readonly<Record<string, string>>): Promise<boolean> {
  let areSame = true;
  for (const [file, text] of Object.entries(files)) {
    if ((await textOf(file)) === text) continue;
    areSame = false;
    await writeWhole(file, text);
  }
  return areSame;
}
