import { systemIds } from '../../clock/ids.ts';
import { systemClock } from '../../clock/clock.ts';
import { silentLog } from '../../log/log.ts';
import { describeBus } from '../bus.contract.ts';
import { MAX_QUEUED_IN_TESTS } from '../bus-suite/bus-lab.ts';
import { MemoryBroker } from './memory-broker.ts';
import { memoryBus } from './memory-bus.ts';

describeBus('memory', async () => {
  const broker = new MemoryBroker({ maxQueued: MAX_QUEUED_IN_TESTS });
  return {
    connect: async () => memoryBus({ clock: systemClock, ids: systemIds, log: silentLog, broker }),
    stop: async () => undefined,
  };
});
