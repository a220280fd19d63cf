/**
 * The reason for aborting something no longer needed, such as a timeout's timer. It is shared and created once: an abort without a
 * reason creates an error with a stack each time, which is expensive and never read.
 */
export const UNNEEDED: Error = new Error('It is no longer needed.');
