import { errorType } from '../lib/errors/error-type.ts';

/** A command line that its program does not understand. */
export const UsageError = errorType('UsageError', 'invalid', (p: { because: string }) => p.because);
