import { Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { runToEnd } from '../../../lib/child/run-to-end.ts';
import { StorageFailed } from '../../errors.ts';
import type { Copying, LentData } from '../../driver.ts';

const extents = t.Array(t.Object({ start: t.Integer(), length: t.Integer(), data: t.Boolean(), zero: t.Boolean() }));

/** Looking for the holes of a file of terabytes. */
const MAP_TIMEOUT_MS = 600_000;

/** The parts of a raw file that are not holes. */
export async function rangesWithData(file: string, { signal }: Copying): Promise<NonNullable<LentData['ranges']>> {
  const { stdout } = await runToEnd('qemu-img', ['map', '--output=json', '-f', 'raw', file], { timeoutMs: MAP_TIMEOUT_MS, signal });
  const found: unknown = JSON.parse(stdout);
  if (!Value.Check(extents, found)) throw StorageFailed({ what: 'find the data of a volume' });
  return found.filter(({ data, zero }) => data && !zero).map(({ start, length }) => ({ from: start, to: start + length }));
}
