/** A change of a volume's record alone, decided under the volume's lock. */
import { change } from '../../db/change.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import { lockVolume, updateVolume, type VolumeChange } from '../../db/stores/volume/volumes.ts';
import type { Event } from '../../events/event-type.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Volume } from '../../objects/volume.ts';
import type { VolumeDeps } from '../deps.ts';
import { VolumeNotFound } from '../errors.ts';

/** What is written, and the event that tells it. */
interface VolumeEdit {
  readonly change: VolumeChange;
  readonly tell: (volume: Volume) => Event;
  /** What else has changed with it. */
  readonly also?: readonly Event[];
}

/** Changes the record as `decide` says; it may refuse by throwing. */
export async function editVolume(
  { db }: VolumeDeps,
  ctx: Context,
  id: string,
  decide: (trx: InCloud, volume: Volume) => Promise<VolumeEdit>,
): Promise<void> {
  await change(ctx, { db, what: `volume.edit ${id}` }, async ({ trx, tell }) => {
    const volume = await lockVolume(trx, id);
    if (!volume) throw VolumeNotFound({ id });
    const decided = await decide(trx, volume);
    const after = await updateVolume(trx, id, decided.change);
    if (after) tell(decided.tell(after));
    for (const event of decided.also ?? []) tell(event);
  });
}
