import { systemIds } from '../src/lib/clock/ids.ts';
import type { Booting } from './boot.ts';
import { makeDemoState } from './demo-state.ts';
import { endInOrder, giveUp, type Made } from './endings.ts';
import { takePortOffset } from './free-ports.ts';
import { howToRepeat, howToUse } from './hints.ts';
import { chooseHypervisor } from './hypervisor.ts';
import { startCloud, untilReady } from './own-cloud.ts';
import { showBoot } from './show-boot.ts';
import { seconds, type Stage } from './stage.ts';

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
  const portOffset = await takePortOffset(process.env.NOVA_LISTEN ?? '127.0.0.1', systemIds);
  const stateDir = (made.stateDir = await makeDemoState());
  signal.throwIfAborted();
  screen.heading(`A cloud of its own: state in ${stateDir}, every port + ${portOffset}`);
  const startMs = clock.monotonicMs();
  const cloud = (made.cloud = await startCloud({ stateDir, portOffset, hypervisor }));
  await untilReady(cloud, stage);
  screen.say(`ready after ${seconds(clock.monotonicMs() - startMs)}`);
  return showBoot(stateDir, stage, (booting, session) => {
    made.server = { booting, session };
  });
}
