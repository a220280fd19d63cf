/** How workflows read and settle the rows that they hold: each statement does nothing once the row names another workflow. */
import { change } from '../../db/change.ts';
import { insertMessage } from '../../db/stores/volume/messages.ts';
import { findVolume, lockVolume, updateVolume, type VolumeChange } from '../../db/stores/volume/volumes.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import type { Event } from '../../events/event-type.ts';
import { invariant } from '../../lib/errors/invariant.ts';
import type { StepContext } from '../../lib/workflow/step.ts';
import { backendOf, type Volume } from '../../objects/volume.ts';
import { statusBy } from '../attaching.ts';
import { VolumeNotFound } from '../errors.ts';
import { type VolumeAct, volumeTransition } from '../lifecycle.ts';
import type { VolumeWorkflowDeps } from './deps.ts';

/** The volume that the workflow holds; throws once another one does. */
export async function heldVolume({ db }: Pick<VolumeWorkflowDeps, 'db'>, id: string, { workflowId }: StepContext): Promise<Volume> {
  const volume = await findVolume(db, id);
  if (volume?.workflowId !== workflowId) throw VolumeNotFound({ id });
  return volume;
}

/** Whether the workflow still holds the volume. */
export const isHeld = async ({ db }: Pick<VolumeWorkflowDeps, 'db'>, id: string, { workflowId }: StepContext): Promise<boolean> =>
  (await findVolume(db, id))?.workflowId === workflowId;

/** The address of the host that has the volume's data. */
export function hostOf({ host }: Volume): string {
  invariant(host !== null, 'a volume with data has a host');
  return backendOf(host);
}

type Told = (volume: Volume) => Event;

interface Settled {
  readonly volumeId: string;
  readonly act: VolumeAct;
  readonly more?: VolumeChange;
  readonly tell: Told;
}

/** Gives the volume the state that follows the act, and releases it. */
export const settleVolume = (deps: VolumeWorkflowDeps, w: StepContext, { volumeId, act, more, tell }: Settled): Promise<void> =>
  releaseVolume(deps, w, { volumeId, tell, what: act, to: volumeTransition(act).to, more });

/** What the owner is told when an act fails. */
interface Failed extends Omit<Settled, 'more'> {
  /** What else fails with it. */
  readonly alsoFail?: (trx: InCloud, tell: (event: Event) => void) => Promise<void>;
  /** `VOLUME_VOLUME_001_002`: what was done, and why it failed. */
  readonly eventId: string;
  readonly text: string;
}

/** Gives the volume the state that follows the act's failure, releases it and tells its owner why. */
export const failVolume = (
  deps: VolumeWorkflowDeps,
  w: StepContext,
  { volumeId, act, tell, eventId, text, alsoFail }: Failed,
): Promise<void> =>
  releaseVolume(deps, w, {
    volumeId,
    tell,
    what: `${act} failed`,
    to: volumeTransition(act).onFailure,
    also: async (trx, volume, note) => {
      await alsoFail?.(trx, note);
      await writeMessage(deps, trx, w, { volume, eventId, text });
    },
  });

interface Release {
  readonly volumeId: string;
  readonly what: string;
  readonly to: Volume['status'] | 'before' | undefined;
  readonly tell: Told;
  readonly more?: VolumeChange | undefined;
  readonly also?: (trx: InCloud, volume: Volume, tell: (event: Event) => void) => Promise<void>;
}

async function releaseVolume({ db }: VolumeWorkflowDeps, w: StepContext, { volumeId, what, to, tell, more, also }: Release): Promise<void> {
  await change(w.ctx, { db, what: `volume.${what} ${w.workflowId}` }, async ({ trx, tell: note }) => {
    const volume = await lockVolume(trx, volumeId);
    if (volume?.workflowId !== w.workflowId) return;
    // A server may have given it back meanwhile; and what was in error has whole data again.
    const before = statusBy(volume.attachments, volume.previousStatus === 'error' ? 'available' : (volume.previousStatus ?? 'available'));
    const status = to === 'before' ? before : (to ?? volume.status);
    const settled = await updateVolume(trx, volumeId, { ...more, status, previous_status: null, wanted_size_gb: null, workflow_id: null });
    await also?.(trx, volume, note);
    if (settled) note(tell(settled));
  });
}

/** How long messages are kept. */
const KEEP_MESSAGES_MS = 30 * 24 * 3_600_000;

interface NewMessage {
  readonly volume: Volume;
  readonly eventId: string;
  readonly text: string;
}

async function writeMessage(
  { clock }: Pick<VolumeWorkflowDeps, 'clock'>,
  trx: InCloud,
  w: StepContext,
  { volume, eventId, text }: NewMessage,
): Promise<void> {
  await insertMessage(trx, {
    // One for each workflow, however often its end is repeated.
    id: w.workflowId,
    project_id: volume.projectId,
    request_id: w.ctx.requestId,
    resource_type: 'VOLUME',
    resource_id: volume.id,
    event_id: eventId,
    text,
    expires_at: new Date(clock.now().getTime() + KEEP_MESSAGES_MS),
  });
}
