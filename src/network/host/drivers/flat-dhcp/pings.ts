/** Pings guests from their host, with the tool of the distribution. The rules of their ports decide whether they hear it. */
import { atATime } from '../../../../lib/clock/at-a-time.ts';
import { commandSucceeds, type HostShell } from '../../shell/host-shell.ts';

/** How many pings wait for their answers at a time. */
const PINGS_AT_A_TIME = 64;

/** How long an answer may take. */
const ANSWER_SECONDS = 1;

/** Where a guest's address is. */
export interface Target {
  readonly address: string;
  readonly bridge: string;
}

/** The addresses that answer. */
export async function answeringOf(shell: HostShell, targets: readonly Target[]): Promise<readonly string[]> {
  const answering: string[] = [];
  await atATime(PINGS_AT_A_TIME, targets, async ({ address, bridge }) => {
    const args = ['-n', '-q', '-c', '1', '-W', String(ANSWER_SECONDS), '-I', bridge, address];
    if (await commandSucceeds(shell, 'ping', args)) answering.push(address);
  });
  return answering;
}
