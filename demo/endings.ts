import { messageOf } from '../src/lib/errors/error-type.ts';
import { type Booting, deleteServer } from './boot.ts';
import { cleanUp } from './clean-up.ts';
import { tailOf } from './cloud-log.ts';
import { demoFailed } from './demo-failed.ts';
import { logFileIn } from './demo-state.ts';
import { endingOf, isRunning, type OwnCloud, stopCloud } from './own-cloud.ts';
import type { Session } from './session.ts';
import { seconds, type Stage } from './stage.ts';

const TAIL_LINES = 15;
/** How long a failed demo tries to delete its server: on a shared hypervisor nothing else would. */
const RESCUE_LIMIT_MS = 15_000;

/** What the demo has made so far, and must give back. */
export interface Made {
  stateDir?: string;
  cloud?: OwnCloud;
  server?: { readonly booting: Booting; readonly session: Session };
}

/** The end of a demo that went well: each thing is given back in order, and nothing may be left by accident. */
export async function endInOrder(made: Made, stage: Stage): Promise<void> {
  const { screen, clock } = stage;
  const took = async (what: string, run: () => Promise<unknown>): Promise<void> => {
    const startMs = clock.monotonicMs();
    await run();
    screen.say(`${what} in ${seconds(clock.monotonicMs() - startMs)}`);
  };
  const { server, cloud, stateDir } = made;
  if (server) await took('server deleted', () => deleteServer(server.booting, server.session, stage));
  delete made.server;
  // It is gone afterwards, in order or not.
  delete made.cloud;
  if (cloud) await took('cloud stopped', () => stopCloud(cloud, clock));
  let left: readonly string[] = [];
  if (stateDir !== undefined) await took('hosts and state removed', async () => (left = await cleanUp(stateDir, clock)));
  delete made.stateDir;
  if (left.length > 0) throw demoFailed(`The cloud left something behind, which has been ended: ${left.join(', ')}.`);
}

/** A question without an answer is no reason where the cloud is gone. */
const reasonOf = (error: unknown, { cloud, server }: Made): string =>
  server && cloud && !isRunning(cloud) ? `The cloud ended unexpectedly (${endingOf(cloud)}).` : messageOf(error);

/** The end of a demo that failed: says why and what the cloud said last, then removes everything. */
export async function giveUp(error: unknown, made: Made, stage: Stage): Promise<void> {
  const { screen, clock, signal } = stage;
  const { stateDir, cloud, server } = made;
  screen.fail(signal.aborted ? 'Interrupted; cleaning up' : reasonOf(error, made));
  if (stateDir !== undefined && !signal.aborted) {
    const tail = await tailOf(logFileIn(stateDir), TAIL_LINES);
    if (tail.length > 0) screen.whisper(["the end of the cloud's log:", ...tail].join('\n'));
  }
  const complain = (problem: unknown) => screen.whisper(`while cleaning up: ${messageOf(problem)}`);
  const rescue = { ...stage, signal: AbortSignal.timeout(RESCUE_LIMIT_MS) };
  if (server && cloud && isRunning(cloud)) await deleteServer(server.booting, server.session, rescue).catch(complain);
  if (cloud && isRunning(cloud)) await stopCloud(cloud, clock).catch(complain);
  if (stateDir !== undefined) await cleanUp(stateDir, clock).catch(complain);
}
