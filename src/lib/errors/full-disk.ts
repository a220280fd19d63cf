/** Programs such as initdb tell it in their output only, which is then in a message. */
const FULL = /ENOSPC|EDQUOT|no space left on device|disk quota exceeded|check free disk space|wrote only \d+ of \d+ bytes/i;

/** Whether a failure, or what caused it, is that a disk is full. */
export function isOfFullDisk(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (FULL.test(at.message)) return true;
  return false;
}
