import type { Log } from '../../lib/log/log.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Connection } from '../../objects/volume-connection.ts';
import type { WantedExport } from '../../objects/volume-host.ts';
import type { VolumeDriver } from '../driver.ts';

type Connecting = Pick<VolumeDriver, 'connect' | 'settle' | 'disconnect' | 'exports'>;

/** The connections of a volume host: those of one volume are made and ended one after the other. */
export class Connections {
  readonly #driver: Connecting;
  readonly #log: Log;
  readonly #last = new Map<string, Promise<unknown>>();

  constructor(driver: Connecting, log: Log) {
    this.#driver = driver;
    this.#log = log;
  }

  async connect(wanted: WantedExport): Promise<Connection> {
    return await this.#inTurn(wanted.volumeId, () => this.#driver.connect(wanted));
  }

  /** The same in the size that the volume has now. */
  async renew(wanted: WantedExport): Promise<Connection> {
    return await this.#inTurn(wanted.volumeId, () => this.#driver.connect(wanted, { renews: true }));
  }

  async settle(volumeId: string, attachmentId: string): Promise<void> {
    await this.#inTurn(volumeId, () => this.#driver.settle(attachmentId, volumeId));
  }

  async disconnect(volumeId: string, attachmentId: string): Promise<void> {
    await this.#inTurn(volumeId, () => this.#driver.disconnect(attachmentId, volumeId));
  }

  /** Offers again what the books say is connected, and ends what they do not. A failure skips only that connection. */
  async compare(ask: () => Promise<readonly WantedExport[]>): Promise<void> {
    // Looked at first: what is connected while the books are asked is not known to them yet.
    const known = await this.#driver.exports();
    const wanted = await ask();
    const isWanted = new Set(wanted.map(({ attachmentId }) => attachmentId));
    for (const one of wanted) await this.#trying(one, () => this.connect(one));
    for (const { attachmentId, volumeId } of known)
      if (!isWanted.has(attachmentId)) await this.#trying({ attachmentId, volumeId }, () => this.disconnect(volumeId, attachmentId));
  }

  async #trying({ attachmentId, volumeId }: Pick<WantedExport, 'attachmentId' | 'volumeId'>, act: () => Promise<unknown>): Promise<void> {
    await act().catch((error: unknown) =>
      this.#log.warn({ attachmentId, volumeId, error: messageOf(error) }, 'a connection could not be put right; trying again later'),
    );
  }

  async #inTurn<T>(volumeId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(volumeId) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(volumeId, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(volumeId) === mine) this.#last.delete(volumeId);
    }
  }
}
