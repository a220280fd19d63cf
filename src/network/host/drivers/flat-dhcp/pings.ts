/** Pings guests from where their networks are served, with the tool of the distribution. The rules of their ports decide whether they hear it. */
import { atATime } from '../../../../lib/clock/at-a-time.ts';
import type { PortId } from '../../../../objects/ids.ts';
import { commandSucceeds } from '../../shell/host-shell.ts';
import type { ServingPlace } from './serving.ts';

/** How many pings wait for their answers at a time. */
const PINGS_AT_A_TIME = 64;

/** How long an answer may take. */
const ANSWER_SECONDS = 1;

/** A guest's port, and from where it is reached. */
export interface Target {
  readonly portId: PortId;
  readonly place: ServingPlace;
  readonly addresses: readonly string[];
}

/** The ports of which an address answers. */
export async function answeringOf(targets: readonly Target[]): Promise<readonly PortId[]> {
  const answering = new Set<PortId>();
  const asked = targets.flatMap(({ addresses, ...target }) => addresses.map((address) => ({ ...target, address })));
  await atATime(PINGS_AT_A_TIME, asked, async ({ portId, place, address }) => {
    const args = ['-n', '-q', '-c', '1', '-W', String(ANSWER_SECONDS), '-I', place.device, address];
    if (await commandSucceeds(place.shell, 'ping', args)) answering.add(portId);
  });
  return [...answering];
}
