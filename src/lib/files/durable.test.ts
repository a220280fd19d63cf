import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { syncToDisk, writeAll } from './durable.ts';

test('all is written though each write takes three bytes at the most', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'nova-durable-'));
  try {
    const path = join(directory, 'file');
    await writeFile(path, '0123456789');
    const file = await open(path, 'r+');
    const slow: Parameters<typeof writeAll>[0] = {
      // Seam: of its overloads only this one is called.
      write: ((data: Uint8Array, offset: number, length: number, position: number | null) =>
        file.write(data, offset, Math.min(3, length), position)) as typeof file.write,
    };
    await writeAll(slow, Buffer.from('abcd'), 4);
    await writeAll(slow, Buffer.from('vwxyz'));
    await file.close();
    for (const one of [path, directory]) await syncToDisk(one);
    expect(await readFile(path, 'utf8')).toBe('vwxyzbcd89');
  } finally {
    await rm(directory, { recursive: true });
  }
});
