import { change } from '../../db/change.ts';
import { lockVolume, updateVolume, type VolumeChange } from '../../db/stores/volume/volumes.ts';
import type { Event } from '../../events/event-type.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Volume } from '../../objects/volume.ts';
import type { WorkflowRef } from '../../lib/workflow/workflow.ts';
import type { VolumeDeps } from '../deps.ts';
import { VolumeNotFound } from '../errors.ts';
import { mayBegin, type VolumeAct, volumeTransition } from '../lifecycle.ts';
import type { InCloud } from '../../db/sql/queries.ts';

/** Work that a workflow does. */
export interface VolumeWork<Input extends object> {
  readonly act: VolumeAct;
  readonly ref: WorkflowRef<Input>;
  readonly input: Input;
  readonly more?: VolumeChange;
  readonly tell: (volume: Volume) => Event;
  /** Throws if it cannot begin, beyond the volume's state. */
  readonly check?: (trx: InCloud, volume: Volume) => Promise<void>;
}

/** Puts a volume into the state of the work and writes the workflow that will end it. */
export async function beginVolumeWork<Input extends object>(
  { db, ids, conductor }: VolumeDeps,
  ctx: Context,
  id: string,
  { act, ref, input, more, tell, check }: VolumeWork<Input>,
): Promise<void> {
  const workflowId = ids.uuid();
  await change(ctx, { db, what: `volume.${act} ${id}` }, async ({ trx, tell: note }) => {
    const volume = await lockVolume(trx, id);
    if (!volume) throw VolumeNotFound({ id });
    mayBegin(act, volume);
    await check?.(trx, volume);
    const { doing } = volumeTransition(act);
    const after = await updateVolume(trx, id, { ...more, status: doing, previous_status: volume.status, workflow_id: workflowId });
    await conductor.write(trx, ref, { id: workflowId, subject: id, ctx, input });
    if (after) note(tell(after));
  });
  conductor.announce(ctx, workflowId);
}
