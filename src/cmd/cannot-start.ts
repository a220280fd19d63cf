import { errorType } from '../lib/errors/error-type.ts';

/** A program cannot do its work here; the sentence says what to do. */
export const CannotStart = errorType('CannotStart', 'invalid', (p: { because: string }) => p.because);
