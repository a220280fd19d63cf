import type { BegunWork } from '../../events/servers.ts';
import type { Flavor } from '../../objects/flavor.ts';

/** What an input may name that the start event says. */
interface Named {
  readonly image?: { readonly id: string };
  readonly flavor?: Flavor;
  readonly volume?: { readonly volumeId: string };
}

/** What the start event says of the work: the image, the flavor and the volume in its input, if there are any. */
export function toldOf({ image, flavor, volume }: Named): { readonly work?: BegunWork } {
  if (!image && !flavor && !volume) return {};
  return { work: { ...(image && { imageId: image.id }), ...(flavor && { flavor }), ...(volume && { volumeId: volume.volumeId }) } };
}
