/** A simulated image service: records and whether they have data, in memory. Whatever is sent to it arrives. */
import type { ImageSources } from '../../src/image/image-sources.ts';
import type { ServerImages } from '../../src/image/server-images.ts';
import type { ImageId } from '../../src/objects/ids.ts';
import type { NewServerImage } from '../../src/objects/server-image.ts';
import { ImageRefused, type ImageSender } from '../../src/virt/image-sender.ts';
import { sampleImage } from './sample-server.ts';

/** An image of a server. */
interface Made extends NewServerImage {
  isWhole: boolean;
}

export class SimulatedImages implements ImageSources, ServerImages {
  readonly #made = new Map<string, Made>();
  /** An id is never used again. */
  readonly #used = new Set<string>();

  /** The images of servers that exist, oldest first. */
  get all(): readonly Readonly<Made>[] {
    return [...this.#made.values()];
  }

  /** Forgets all of them. */
  clear(): void {
    this.#made.clear();
    this.#used.clear();
  }

  /** An image that was made and filled earlier. */
  keep(image: NewServerImage): void {
    this.#used.add(image.id);
    this.#made.set(image.id, { ...image, isWhole: true });
  }

  readonly take: ImageSender = async ({ imageId }, { open }) => {
    await Array.fromAsync(open());
    const image = this.#made.get(imageId);
    if (!image) throw ImageRefused({ imageId, status: 404 });
    image.isWhole = true;
  };

  readonly sourceOf: ImageSources['sourceOf'] = async (_ctx, image) => ({ image, url: 'http://images.example/tiny', token: 'secret' });

  readonly forBoot: ImageSources['forBoot'] = async (_ctx, id) => {
    const made = this.#made.get(id);
    if (!made) return this.#used.has(id) ? 'unknown' : sampleImage;
    return made.isWhole ? { ...sampleImage, ...made } : 'without data';
  };

  readonly checkNew = (): void => {};

  readonly create: ServerImages['create'] = async (_ctx, image) => {
    if (!this.#used.has(image.id)) this.#made.set(image.id, { ...image, isWhole: false });
    this.#used.add(image.id);
  };

  readonly completeEmpty: ServerImages['completeEmpty'] = async (_ctx, id) => {
    const image = this.#made.get(id);
    if (image) image.isWhole = true;
  };

  readonly progressOf: ServerImages['progressOf'] = async (id) => {
    const made = this.#made.get(id);
    return made === undefined ? 'gone' : made.isWhole ? 'whole' : 'waiting';
  };

  readonly targetOf: ServerImages['targetOf'] = ({ id, diskFormat }) => {
    return { imageId: id, diskFormat, url: 'http://images.example/new', token: 'secret' };
  };

  readonly discard: ServerImages['discard'] = async (_ctx, id: ImageId) => {
    this.#used.add(id);
    this.#made.delete(id);
  };

  readonly backupsOf: ServerImages['backupsOf'] = async (_ctx, { serverId, type }) => {
    const isOne = ({ properties }: Made) => properties['instance_uuid'] === serverId && properties['backup_type'] === type;
    return this.all
      .filter(isOne)
      .map(({ id }) => id)
      .toReversed();
  };
}
