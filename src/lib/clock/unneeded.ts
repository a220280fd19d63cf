/**
 * The reason to abort what is no longer needed, such as the timer of something that came in time. One for all, made once: an abort without
 * a reason makes an error with its stack, which costs more than what is aborted, and nobody reads it.
 */
export const UNNEEDED: Error = new Error('It is no longer needed.');
