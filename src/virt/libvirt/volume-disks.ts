import type { ServerId } from '../../objects/ids.ts';
import type { GuestVolume, PluggedVolume } from '../../objects/guest-volume.ts';
import type { Unplugging } from '../driver.ts';
import { connectedBy, volumeDisk, volumeOf } from './definition/volume-disk.ts';
import type { HotDevice } from './hot-unplug.ts';
import { GuestLacksVolume } from '../errors.ts';
import type { Plugs } from './plugs.ts';
import type { RunningVolumes } from './running-volumes.ts';
import { attributeOf, childrenOf, elementAt, readXml } from './read-xml.ts';
import { render, type XmlElement } from './xml.ts';

/** Plugs volumes into guests as disks and takes them out. A disk has its volume's id as serial number, also for the guest. */
export class VolumeDisks {
  readonly #plugs: Plugs;
  readonly #running: RunningVolumes;

  constructor(plugs: Plugs, running: RunningVolumes) {
    this.#plugs = plugs;
    this.#running = running;
  }

  /** A no-op where the guest has the volume by this connection. */
  async attach(serverId: ServerId, volume: GuestVolume, unplugging: Unplugging): Promise<void> {
    const wanted = volumeDisk(volume);
    const isWanted = (one: XmlElement) => exportOf(one) === exportOf(wanted);
    await this.#plugs.detach(
      serverId,
      diskOf(volume.volumeId, (one) => !isWanted(one)),
      unplugging,
    );
    await this.#plugs.attach(serverId, diskOf(volume.volumeId, isWanted), () => render(wanted));
  }

  /** A no-op where the guest lacks the volume. */
  detach(serverId: ServerId, volumeId: string, unplugging: Unplugging): Promise<void> {
    return this.#plugs.detach(serverId, diskOf(volumeId), unplugging);
  }

  /** The definition follows first: a guest that is started meanwhile has it from its start. */
  async grow(serverId: ServerId, volume: GuestVolume, bytes: number): Promise<void> {
    const [defined = '', running] = await this.#plugs.definitions(serverId);
    const disk = volumeDisksIn(defined).find((one) => volumeOf(one) === volume.volumeId);
    if (!disk) throw GuestLacksVolume({ serverId, volumeId: volume.volumeId });
    await this.#plugs.redefine(serverId, { gone: [], changed: [render(connectedBy(disk, [volume]))], added: [] });
    const alias = volumeDisksIn(running ?? '').find((one) => volumeOf(one) === volume.volumeId);
    const name = alias && attributeOf(elementAt(alias, 'alias'), 'name');
    if (name !== undefined) await this.#running.lead(serverId, { device: name, volume, bytes });
  }

  /** A disk that is there already keeps its place. */
  async set(serverId: ServerId, volumes: readonly GuestVolume[]): Promise<void> {
    const [defined = ''] = await this.#plugs.definitions(serverId);
    const present = volumeDisksIn(defined);
    const isWanted = (disk: XmlElement) => volumes.some(({ volumeId }) => volumeId === volumeOf(disk));
    const missing = volumes.filter(({ volumeId }) => !present.some((disk) => volumeOf(disk) === volumeId));
    await this.#plugs.redefine(serverId, {
      gone: present.filter((disk) => !isWanted(disk)).map((disk) => render(disk)),
      changed: present.filter(isWanted).map((disk) => render(connectedBy(disk, volumes))),
      added: missing.map((volume) => render(volumeDisk(volume))),
    });
  }

  /** The volumes that the guest has. */
  async of(serverId: ServerId): Promise<readonly PluggedVolume[]> {
    const scopes = (await this.#plugs.definitions(serverId)).map(
      (xml) => new Set(volumeDisksIn(xml).flatMap((one) => volumeOf(one) ?? [])),
    );
    const all = new Set(scopes.flatMap((scope) => [...scope]));
    return [...all].map((volumeId) => ({ volumeId, isWhole: scopes.every((scope) => scope.has(volumeId)) }));
  }
}

const diskOf = (volumeId: string, isMeant: (disk: XmlElement) => boolean = () => true): HotDevice => ({
  name: `the volume ${volumeId}`,
  in: (xml) => {
    const found = volumeDisksIn(xml).find((one) => volumeOf(one) === volumeId && isMeant(one));
    return found && render(found);
  },
});

/** All other disks of a guest are files. */
const volumeDisksIn = (xml: string): readonly XmlElement[] =>
  childrenOf(elementAt(readXml(xml), 'devices'), 'disk').filter((one) => attributeOf(one, 'type') === 'network');

const exportOf = (disk: XmlElement): string | undefined => attributeOf(elementAt(disk, 'source'), 'name');
