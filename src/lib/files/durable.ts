/** Writing files so that they are whole, also after a crash of the machine. */
import { type FileHandle, open } from 'node:fs/promises';

/** Waits until what was written to a file, or the names in a directory, are on the disk. */
export async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes all of the data: one write may take less than it is given. @param position in bytes; left out: behind what was written last */
export async function writeAll(file: Pick<FileHandle, 'write'>, data: Uint8Array, position?: number): Promise<void> {
  for (let offset = 0; offset < data.length; ) {
    const at = position === undefined ? null : position + offset;
    const { bytesWritten } = await file.write(data, offset, data.length - offset, at);
    offset += bytesWritten;
  }
}
