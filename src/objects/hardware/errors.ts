import { errorType } from '../../lib/errors/error-type.ts';

/** What flavor and image ask of a guest's hardware cannot be met by any host; the text says why. */
export const HardwareInvalid = errorType('HardwareInvalid', 'invalid', (p: { because: string }) => p.because);

/** Flavor and image ask for different things. */
export const FlavorImageConflict = errorType(
  'FlavorImageConflict',
  'invalid',
  (p: { what: string; flavor: string; image: string }) =>
    `Conflicting values for ${p.what} found in the flavor (${p.flavor}) and the image (${p.image}).`,
);
