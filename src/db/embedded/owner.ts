import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, startMark } from './process-table.ts';

const ownerFile = (home: string) => join(home, 'owner.json');

/** Notes that this process is the one which stops the server. */
export async function takeOwnership(home: string): Promise<void> {
  const draft = `${ownerFile(home)}.${process.pid}`;
  await writeFile(draft, JSON.stringify({ pid: process.pid, mark: await startMark(process.pid) }));
  await rename(draft, ownerFile(home));
}

/** Whether the process that noted itself as the server's owner still lives; it may be this one. */
export async function hasLivingOwner(home: string): Promise<boolean> {
  const text = await readFile(ownerFile(home), 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  const owner: { pid: number; mark?: string } = JSON.parse(text);
  return isAlive(owner.pid) && owner.mark === (await startMark(owner.pid));
}
