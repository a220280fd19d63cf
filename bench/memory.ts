import { readdir, readFile } from 'node:fs/promises';

/** The proportional set size of a process and its descendants, in MB: the memory that their end would free. Linux only; undefined elsewhere. */
export async function familyPssMb(pid: number): Promise<number | undefined> {
  const parents = await parentsOfAll().catch(() => undefined);
  if (!parents) return undefined;
  const family = [pid];
  for (const member of family) for (const [child, parent] of parents) if (parent === member) family.push(child);
  const sizes = await Promise.all(family.map(pssKb));
  return sizes.reduce((sum, kb) => sum + kb, 0) / 1024;
}

async function parentsOfAll(): Promise<Map<number, number>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map<number, number>();
  for (const pid of pids) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const parent = /^PPid:\s+(\d+)/m.exec(status)?.[1];
    if (parent !== undefined) parents.set(pid, Number(parent));
  }
  return parents;
}

async function pssKb(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0);
}
