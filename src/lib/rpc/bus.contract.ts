/** The contract of every bus as tests, run against each driver. Several buses on one broker stand for several processes. */
import { describe } from 'vitest';
import { describeAnswers } from './bus-suite/answers.ts';
import { type BusWorld, busLab } from './bus-suite/bus-lab.ts';
import { describeDelivery } from './bus-suite/delivery.ts';
import { describeFailures } from './bus-suite/failures.ts';
import { describeRefusedTasks } from './bus-suite/refused-tasks.ts';

/** Runs the contract tests against one driver. */
export function describeBus(driver: string, startWorld: () => Promise<BusWorld>): void {
  describe(`the ${driver} bus`, () => {
    const lab = busLab(startWorld);
    describeAnswers(lab);
    describeDelivery(lab);
    describeFailures(lab);
    describeRefusedTasks(lab);
  });
}
