/** How creating an image of a server is answered: with its address at first, since 2.45 with its id. */
import { Type as t } from '@sinclair/typebox';
import { strictObject } from '../../../lib/versioning/schema.ts';

/** The image that an action makes; none if it does not keep one. */
export interface MadeImage {
  readonly imageId: string | null;
}

export const imageLocation = { imageLocation: ({ imageId }: MadeImage) => imageId };

export const imageIdAnswer = {
  schema: strictObject({ image_id: t.String({ format: 'uuid' }) }),
  of: ({ imageId }: MadeImage) => (imageId === null ? undefined : { image_id: imageId }),
};
