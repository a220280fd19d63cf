/** Images, by the ids that EC2 has for them. */
import type { ImageApi } from '../../../image/api.ts';
import type { Image } from '../../../image/image.ts';
import type { Context } from '../../../lib/context/context.ts';
import { digitsIn, digitsOf, imageIdOf, type ImageKind } from '../../../objects/ec2-ids.ts';
import { ImageIdMalformed, ImageIdNotFound } from '../errors.ts';

const AT_ONCE = 1_000;
/** More than any project sees. */
const MOST = 20_000;

/** All images that the caller sees, the oldest first. */
export async function imagesOf(ctx: Context, images: ImageApi): Promise<readonly Image[]> {
  const found: Image[] = [];
  for (;;) {
    const marker = found.at(-1)?.id;
    const sort = [{ key: 'created_at', direction: 'asc' } as const];
    const page = await images.list(ctx, { sort, limit: AT_ONCE, ...(marker !== undefined && { marker }) });
    found.push(...page);
    if (page.length < AT_ONCE || found.length >= MOST) return found;
  }
}

export const kindOf = ({ containerFormat }: Image): ImageKind =>
  containerFormat === 'aki' ? 'aki' : containerFormat === 'ari' ? 'ari' : 'ami';

export const ec2IdOf = (image: Image): string => imageIdOf(kindOf(image), image.id);

/** The images with these ids; all of them exist, or none is answered. Of two whose ids begin alike the older one is meant. */
export function imagesNamed(all: readonly Image[], ids: readonly string[]): readonly Image[] {
  const found = ids.map((id) => {
    const digits = digitsIn(id);
    if (digits === undefined) throw ImageIdMalformed({ id });
    return { id, image: all.find((image) => digitsOf(image.id) === digits && ec2IdOf(image) === id) };
  });
  const missing = found.filter(({ image }) => !image).map(({ id }) => id);
  if (missing.length > 0) throw ImageIdNotFound({ ids: missing });
  return found.flatMap(({ image }) => image ?? []);
}
