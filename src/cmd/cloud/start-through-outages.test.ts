import { expect, test } from 'vitest';
import { systemClock } from '../../lib/clock/clock.ts';
import { systemIds } from '../../lib/clock/ids.ts';
import { Lifetime } from '../../lib/clock/lifetime.ts';
import { errorType } from '../../lib/errors/error-type.ts';
import { marshalError, unmarshalError } from '../../lib/errors/marshal.ts';
import { silentLog } from '../../lib/log/log.ts';
import { asId, type HostName } from '../../objects/ids.ts';
import { loadNovaConfig } from '../nova-config.ts';
import type { Runtime } from './runtime.ts';
import { startThroughOutages } from './start-through-outages.ts';

/** A runtime whose clock does not wait. */
function hasty(): Runtime {
  const clock = { ...systemClock, sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(0, signal) };
  const config = loadNovaConfig({ machine: { isRoot: false, hostname: 'here' }, env: {}, configFiles: [], flags: {} });
  const life = new Lifetime(silentLog);
  return { service: 'all', config, stateDir: '/nowhere', host: asId<HostName>('here'), log: silentLog, clock, ids: systemIds, life };
}

/** A start that meets these failures, one after the other. */
function startMeeting(failures: readonly Error[]) {
  const [told, left]: [string[], Error[]] = [[], [...failures]];
  const start = async ({ life }: Runtime): Promise<string> => {
    told.push('take');
    life.hold('it', 'it', () => void told.push('release'));
    const failure = left.shift();
    if (failure) throw failure;
    return 'ready';
  };
  return { told, start };
}

const lost = new Error('Connection terminated unexpectedly');
const elsewhere = unmarshalError(marshalError(lost));
const NotInstalled = errorType('NotInstalled', 'unavailable', () => 'It is not installed.');

test('a start that an outage interrupts releases what it took and begins again', async () => {
  const runtime = hasty();
  const { told, start } = startMeeting([lost, elsewhere]);
  expect(await startThroughOutages(runtime, start)).toBe('ready');
  expect(told).toEqual(['take', 'release', 'take', 'release', 'take']);
  await runtime.life.end();
  expect(told.at(-1)).toBe('release');
});

test.each([NotInstalled({}), new Error('a bug')])('other failures end it at once: %s', async (failure) => {
  const { told, start } = startMeeting([failure]);
  await expect(startThroughOutages(hasty(), start)).rejects.toBe(failure);
  expect(told).toEqual(['take', 'release']);
});

test('a program that is told to stop does not begin again', async () => {
  const runtime = hasty();
  const { told, start } = startMeeting([lost]);
  const stopped = start.bind(undefined);
  const stopping = startThroughOutages(runtime, (attempt) => {
    void runtime.life.end();
    return stopped(attempt);
  });
  await expect(stopping).rejects.toThrow();
  expect(told).toEqual(['take', 'release']);
});
