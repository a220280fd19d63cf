import { Type as t, type Static } from '@sinclair/typebox';
import { connection } from './volume-connection.ts';

/** A volume as a host plugs it into a guest. */
export const guestVolume = t.Object({
  volumeId: t.String(),
  device: t.String(),
  isReadOnly: t.Boolean(),
  /** Whether other guests may have it too. */
  isShared: t.Boolean(),
  /** Whether the guest boots from it. */
  isRoot: t.Optional(t.Literal(true)),
  connection,
});
export type GuestVolume = Static<typeof guestVolume>;

/** A volume as a guest was found to have it. */
export interface PluggedVolume {
  readonly volumeId: string;
  /** Whether the guest has it both now, if it runs, and at its next starts. */
  readonly isWhole: boolean;
}
