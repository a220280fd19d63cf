import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemIds } from '../../lib/clock/ids.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import { type Booting, deleteServer } from './boot.ts';
import { cleanUp } from './clean-up.ts';
import { tailOf } from './cloud-log.ts';
import { demoFailed } from './demo-failed.ts';
import { freePortOffset } from './free-ports.ts';
import { howToRepeat, howToUse, STATE_PREFIX } from './hints.ts';
import { chooseHypervisor } from './hypervisor.ts';
import { logFileIn, type OwnCloud, startCloud, stopCloud, untilReady } from './own-cloud.ts';
import type { Session } from './session.ts';
import { showBoot } from './show-boot.ts';
import { seconds, type Stage } from './stage.ts';

const TAIL_LINES = 15;
/** How long a failed demo tries to delete its server: on a shared hypervisor nothing else would. */
const RESCUE_LIMIT_MS = 15_000;

/** What the demo has made so far, and must give back. */
interface Made {
  stateDir?: string;
  cloud?: OwnCloud;
  server?: { readonly booting: Booting; readonly session: Session };
}

/** The whole demo. It fails with a sentence; whatever happens, nothing is left behind, unless it went well and `keep` is asked for. */
export async function runDemo({ keep }: { keep: boolean }, stage: Stage): Promise<void> {
  const { screen } = stage;
  const made: Made = {};
  try {
    const booting = await play(made, stage);
    if (keep && made.stateDir !== undefined) {
      screen.heading('The cloud goes on');
      screen.say(howToUse(made.stateDir, booting.requestId));
      made.cloud?.process.unref();
      return;
    }
    screen.heading("The same by hand, with Debian's python3-openstackclient");
    screen.say(howToRepeat());
    screen.heading('Clean up');
    await endInOrder(made, stage);
  } catch (error) {
    await giveUp(error, made, stage);
    throw error;
  }
}

async function play(made: Made, stage: Stage): Promise<Booting> {
  const { screen, clock, signal } = stage;
  screen.heading('Hypervisor');
  const asked = process.env.NOVA_VIRT_DRIVER;
  const hypervisor = await chooseHypervisor(asked, stage);
  const portOffset = await freePortOffset(process.env.NOVA_LISTEN ?? '127.0.0.1', systemIds);
  // Its real path: the kernel shows processes no other.
  const stateDir = (made.stateDir = await realpath(await mkdtemp(join(tmpdir(), STATE_PREFIX))));
  signal.throwIfAborted();
  screen.heading(`A cloud of its own: state in ${stateDir}, ports from ${portOffset}`);
  const startMs = clock.monotonicMs();
  const cloud = (made.cloud = await startCloud({ stateDir, portOffset, hypervisor }));
  await untilReady(cloud, stage);
  screen.say(`ready after ${seconds(clock.monotonicMs() - startMs)}`);
  return showBoot(stateDir, stage, (booting, session) => {
    made.server = { booting, session };
  });
}

async function endInOrder(made: Made, stage: Stage): Promise<void> {
  const { screen, clock } = stage;
  const took = async (what: string, run: () => Promise<unknown>): Promise<void> => {
    const startMs = clock.monotonicMs();
    await run();
    screen.say(`${what} in ${seconds(clock.monotonicMs() - startMs)}`);
  };
  const { server, cloud, stateDir } = made;
  if (server) await took('server deleted', () => deleteServer(server.booting, server.session, stage));
  delete made.server;
  if (cloud) await took('cloud stopped', () => stopCloud(cloud, clock));
  delete made.cloud;
  let left: readonly string[] = [];
  if (stateDir !== undefined) await took('hosts and state removed', async () => (left = await cleanUp(stateDir, clock)));
  delete made.stateDir;
  if (left.length > 0) throw demoFailed(`The cloud left something behind, which has been ended: ${left.join(', ')}.`);
}

/** The end of a demo that failed: says why and what the cloud said last, then removes everything. */
async function giveUp(error: unknown, made: Made, stage: Stage): Promise<void> {
  const { screen, clock, signal } = stage;
  const { stateDir, cloud, server } = made;
  screen.fail(signal.aborted ? 'Interrupted; cleaning up' : messageOf(error));
  if (stateDir !== undefined && !signal.aborted) {
    const tail = await tailOf(logFileIn(stateDir), TAIL_LINES);
    if (tail.length > 0) screen.whisper(["the end of the cloud's log:", ...tail].join('\n'));
  }
  const complain = (problem: unknown) => screen.whisper(`while cleaning up: ${messageOf(problem)}`);
  const rescue = { ...stage, signal: AbortSignal.timeout(RESCUE_LIMIT_MS) };
  if (server) await deleteServer(server.booting, server.session, rescue).catch(complain);
  if (cloud) await stopCloud(cloud, clock).catch(complain);
  if (stateDir !== undefined) await cleanUp(stateDir, clock).catch(complain);
}
