import { expect, test } from 'vitest';
import { ManualClock } from '../../lib/clock/manual-clock.ts';
import { silentLog } from '../../lib/log/log.ts';
import { ServiceGroup } from '../../servicegroup/api.ts';
import { hostLiveness } from './host-liveness.ts';

const ALWAYS = Number.POSITIVE_INFINITY;
const up = { forcedDown: false, isUp: true };
const down = { forcedDown: false, isUp: false };
const forcedDown = { forcedDown: true, isUp: false };

// A host is down after 60 s of silence.
test.each([
  { queue: 'always there', healthyForMs: ALWAYS, silentSeconds: 60, ...up },
  { queue: 'always there', healthyForMs: ALWAYS, silentSeconds: 61, ...down },
  { queue: 'away', healthyForMs: 0, silentSeconds: 3_600, ...up },
  { queue: 'just back', healthyForMs: 1, silentSeconds: 3_600, ...up },
  { queue: 'back for 60 s', healthyForMs: 60_000, silentSeconds: 3_600, ...up },
  { queue: 'back for 61 s', healthyForMs: 61_000, silentSeconds: 3_600, ...down },
  { queue: 'back for 61 s', healthyForMs: 61_000, silentSeconds: 10, ...up },
  { queue: 'back for an hour', healthyForMs: 3_600_000, silentSeconds: 61, ...down },
  { queue: 'away', healthyForMs: 0, silentSeconds: 0, ...forcedDown },
  { queue: 'just back', healthyForMs: 1, silentSeconds: 0, ...forcedDown },
])(
  'with the queue $queue a host silent for $silentSeconds s (forced down: $forcedDown) counts as up: $isUp',
  async ({ healthyForMs, silentSeconds, forcedDown, isUp }) => {
    const driver = { beat: async () => [], silence: async () => ({ silentSeconds, forcedDown }) };
    const options = { reportIntervalMs: 10_000, downAfterSeconds: 60 };
    const group = new ServiceGroup(driver, options, { clock: new ManualClock(), log: silentLog });
    const heard = hostLiveness({ healthyForMs: () => healthyForMs }, group);
    expect(await heard.isUp({ binary: 'nova-compute', host: 'east' })).toBe(isUp);
  },
);
