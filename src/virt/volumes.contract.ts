import { expect } from 'vitest';
import type { GuestVolume } from '../objects/guest-volume.ts';
import type { ServerId } from '../objects/ids.ts';
import type { Unplugging, VirtDriver } from './driver.ts';

/** A volume that nobody serves, by an export of this name. */
const sampleVolume = (name = 'one'): GuestVolume => ({
  volumeId: '5e0e0000-0000-4000-8000-00000000000a',
  device: '/dev/vdb',
  isReadOnly: false,
  isShared: false,
  connection: { type: 'nbd', data: { socket: '/nonexistent', export: name } },
});

const OTHER = '5e0e0000-0000-4000-8000-00000000000b';

/** The part of the contract about volumes, for a guest that is off. */
export async function takesAndGivesVolumes(driver: VirtDriver, id: ServerId, unplugging: Unplugging): Promise<void> {
  const { volumeId } = sampleVolume();
  for (const name of ['one', 'one', 'other']) {
    await driver.attachVolume(id, sampleVolume(name), unplugging);
    expect(await driver.volumesOf(id)).toEqual([{ volumeId, isWhole: true }]);
  }
  for (const _again of [1, 2]) {
    await driver.setVolumes(id, [sampleVolume('third'), { ...sampleVolume('more'), volumeId: OTHER, device: '/dev/vdc' }]);
    expect(await driver.volumesOf(id)).toEqual([volumeId, OTHER].map((one) => ({ volumeId: one, isWhole: true })));
  }
  await driver.setVolumes(id, [sampleVolume('third')]);
  expect(await driver.volumesOf(id)).toEqual([{ volumeId, isWhole: true }]);
  for (const _again of [1, 2]) {
    await driver.detachVolume(id, volumeId, unplugging);
    expect(await driver.volumesOf(id)).toEqual([]);
  }
}

/** Every call about the volumes of a guest. */
export const volumeCalls = (driver: VirtDriver, id: ServerId, unplugging: Unplugging): readonly (() => Promise<unknown>)[] => [
  () => driver.attachVolume(id, sampleVolume(), unplugging),
  () => driver.detachVolume(id, sampleVolume().volumeId, unplugging),
  () => driver.setVolumes(id, [sampleVolume()]),
  () => driver.volumesOf(id),
];
