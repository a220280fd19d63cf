/** The numbers of networks on the way between hosts. */
import { freeSegment, hasSegment, lockSegment } from '../../db/stores/network/networks.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import { TunnelIdInUse } from '../errors.ts';
import { vniOf, type WantedSegment } from '../plan/segment.ts';

/** The column of the number that is asked for, or of a free one. Throws TunnelIdInUse. */
export async function takeSegment(
  trx: InCloud,
  { isExternal = false, ...wanted }: WantedSegment & { readonly isExternal?: boolean },
): Promise<{ readonly segmentation_id: number }> {
  const vni = vniOf(wanted, isExternal);
  if (vni === undefined) return { segmentation_id: await freeSegment(trx) };
  await lockSegment(trx, vni);
  if (await hasSegment(trx, vni)) throw TunnelIdInUse({ vni });
  return { segmentation_id: vni };
}
