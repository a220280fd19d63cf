/** Records what viewers of serial consoles see, if the operator wants it. */
import { change } from '../db/change.ts';
import { insertRecording, type RecordedPart, writeRecording } from '../db/stores/servers/console-recordings.ts';
import { recordAction } from '../db/stores/servers/instance-actions.ts';
import type { Context } from '../lib/context/context.ts';
import type { OpenedConsole } from '../objects/console.ts';
import type { GivingOut } from './give-out.ts';

/** The name among the server's actions. */
const ACTION = 'serial_console';

/** Begins a recording of a console that is recorded: its viewer may type, and sees a serial port. */
export async function withRecording(deps: GivingOut, ctx: Context, opened: OpenedConsole): Promise<OpenedConsole> {
  const { db, clock, ids, options } = deps;
  if (options.recordingBytes === 0 || opened.type !== 'serial' || opened.isViewOnly === true) return opened;
  const [id, { serverId }] = [ids.uuid(), opened];
  await change(ctx, { db, what: `console.record ${id}` }, async ({ trx }) => {
    await insertRecording(trx, { id, serverId, requestId: ctx.requestId, startedAt: clock.now() });
    await recordAction(trx, ctx, { serverId, name: ACTION });
  });
  return { ...opened, recording: { id } };
}

/** Keeps what a viewer saw; false if no more can be kept. */
export const record = (deps: GivingOut, ctx: Context, part: RecordedPart): Promise<boolean> =>
  change(ctx, { db: deps.db, what: `console.record ${deps.ids.uuid()}` }, ({ trx }) =>
    writeRecording(trx, part, deps.options.recordingBytes),
  );
