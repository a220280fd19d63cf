import { expect, test } from 'vitest';
import { inspect } from '../../image/formats/inspect.ts';
import { snapshotFormats } from '../../objects/server-image.ts';
import { emptyDisk } from './empty-disk.ts';

test.each(snapshotFormats)('an empty disk in %s is what the image service takes for one', (format) => {
  const disk = emptyDisk(format);
  const { minBytes = 0, virtualSizeBytes } = inspect(disk, format);
  expect(minBytes).toBeLessThanOrEqual(disk.length);
  expect([32_768, 'data']).toContain(virtualSizeBytes);
});
