import { expect, test } from 'vitest';
import { type PowerState, powerStates, taskStates, type VmState, vmStates } from '../objects/states.ts';
import { powerCorrection } from './power-correction.ts';

const powers = Object.keys(powerStates) as PowerState[];

test.each<[VmState, PowerState, PowerState, VmState | undefined]>([
  // vm state, power in the books, power seen, vm state after
  ['active', 'running', 'running', undefined],
  ['active', 'running', 'shutdown', 'stopped'],
  ['active', 'running', 'crashed', 'stopped'],
  ['active', 'running', 'paused', 'paused'],
  ['active', 'pending', 'running', 'active'],
  ['active', 'running', 'suspended', 'active'],
  ['paused', 'paused', 'running', 'active'],
  ['paused', 'paused', 'shutdown', 'stopped'],
  ['stopped', 'shutdown', 'running', 'active'],
  ['stopped', 'shutdown', 'crashed', 'stopped'],
  ['stopped', 'shutdown', 'shutdown', undefined],
])('%s and %s in the books, %s seen: %s', (vmState, powerState, sight, after) => {
  const correction = after && { vm_state: after, power_state: sight };
  expect(powerCorrection({ vmState, powerState, taskState: null }, sight)).toEqual(correction);
});

test('nothing is corrected while the server has a task state', () => {
  for (const taskState of taskStates)
    for (const sight of powers) expect(powerCorrection({ vmState: 'active', powerState: 'running', taskState }, sight)).toBeUndefined();
});

test('states that do not depend on the hypervisor are left alone', () => {
  for (const vmState of vmStates.filter((state) => !['active', 'paused', 'stopped'].includes(state)))
    for (const sight of powers) expect(powerCorrection({ vmState, powerState: 'pending', taskState: null }, sight)).toBeUndefined();
});

test('after a correction there is nothing left to correct', () => {
  for (const vmState of vmStates)
    for (const powerState of powers)
      for (const sight of powers) {
        const next = powerCorrection({ vmState, powerState, taskState: null }, sight);
        const corrected = { vmState: next?.vm_state ?? vmState, powerState: next?.power_state ?? powerState, taskState: null };
        expect(next && powerCorrection(corrected, sight)).toBeUndefined();
      }
});
