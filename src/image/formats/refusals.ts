import { errorType } from '../../lib/errors/error-type.ts';

/** The data of an image cannot be accepted; `because` ends the sentence. */
export const ImageFormatRefused = errorType(
  'ImageFormatRefused',
  'invalid',
  (p: { because: string }) => `The image data is refused: ${p.because}.`,
);

export function refuse(because: string): never {
  throw ImageFormatRefused({ because });
}
