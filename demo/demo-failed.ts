import { errorType } from '../src/lib/errors/error-type.ts';

/** Why the demo cannot go on, in one sentence for whoever watches it. It never reaches an API, so it may name files. */
export const DemoFailed = errorType('DemoFailed', 'unavailable', (p: { sentence: string }) => p.sentence);

/** A DemoFailed with this sentence. */
export const demoFailed = (sentence: string, cause?: unknown) => DemoFailed({ sentence }, cause === undefined ? {} : { cause });
