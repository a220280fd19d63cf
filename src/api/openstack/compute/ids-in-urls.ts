// Ids in URLs that were once numbers and are uuids now; which of them, the caller's version says.
import { InvalidInput } from '../../../lib/versioning/validation.ts';

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** Whether a text is a uuid, with or without dashes. */
export const isUuid = (id: string): boolean => UUID.test(id);

/** A uuid, or a refusal. */
export function uuidIn(id: string): string {
  if (!isUuid(id)) throw InvalidInput({ message: `Invalid uuid ${id}` });
  return id;
}

/** Whether a text is a number of 32 bits, as rows have. */
export const isRowNumber = (id: string): boolean => /^\d{1,10}$/.test(id) && Number(id) < 2 ** 31;

/** The number of a row, or a refusal. */
export function numberIn(id: string): number {
  if (!isRowNumber(id)) throw InvalidInput({ message: `id must be an integer, not ${id}` });
  return Number(id);
}
