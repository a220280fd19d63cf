import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, startMark } from './process-table.ts';

const ownerFile = (home: string) => join(home, 'owner.json');

/** Records this process as the server's owner, which stops it. */
export async function takeOwnership(home: string): Promise<void> {
  const draft = `${ownerFile(home)}.${process.pid}`;
  await writeFile(draft, JSON.stringify({ pid: process.pid, mark: await startMark(process.pid) }));
  await rename(draft, ownerFile(home));
}

/** Whether the recorded owner is still running; it may be this process. */
export async function hasLivingOwner(home: string): Promise<boolean> {
  const text = await readFile(ownerFile(home), 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  const owner: { pid: number; mark?: string } = JSON.parse(text);
  return isAlive(owner.pid) && owner.mark === (await startMark(owner.pid));
}
