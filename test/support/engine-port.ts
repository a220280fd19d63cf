/** Ports for engines that tests start, between the clouds' ports and the ephemeral range, so that an engine gets the same port after a restart. */
import { claimed, isFree } from '../../demo/free-ports.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';

const LOWEST = 31_700;
const HIGHEST = 32_700;
const ATTEMPTS = 100;

/** A free port of 127.0.0.1, reserved while this process runs. */
export async function takeEnginePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = LOWEST + systemIds.below(HIGHEST - LOWEST);
    const claim = await claimed(`engine-port-${port}`);
    if (!claim) continue;
    if (await isFree(port, '127.0.0.1')) return port;
    claim.close();
  }
  throw new Error(`No free port between ${LOWEST} and ${HIGHEST} found in ${ATTEMPTS} attempts.`);
}
