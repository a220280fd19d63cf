import pino from 'pino';
import { expect, test } from 'vitest';
import { systemClock } from '../lib/clock/clock.ts';
import { seededIds } from '../lib/clock/ids.ts';
import { serviceContext } from '../lib/context/context.ts';
import { silentLog } from '../lib/log/log.ts';
import { clientOf } from '../lib/rpc/client.ts';
import { memoryBus } from '../lib/rpc/memory/memory-bus.ts';
import { ConductorApi } from './api.ts';
import { conductorRpc } from './rpcapi.ts';

test('work that cannot be announced is logged and left to be found', async () => {
  const bus = memoryBus({ clock: systemClock, ids: seededIds(), log: silentLog });
  await bus.close();
  const lines: string[] = [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(line) });
  new ConductorApi(clientOf(conductorRpc, bus), log).announce(serviceContext('req-1'), 'w-1');
  await expect.poll(() => lines.join('')).toContain('new work could not be announced; a conductor will find it later');
  expect(lines.join('')).toContain('"workflowId":"w-1"');
});
