// Ids in URLs that are numbers in old versions and uuids in newer ones.
import { InvalidInput } from '../../../lib/versioning/validation.ts';

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** Whether a text is a uuid, with or without dashes. */
export const isUuid = (id: string): boolean => UUID.test(id);

/** Checks a uuid; throws InvalidInput. */
export function uuidIn(id: string): string {
  if (!isUuid(id)) throw InvalidInput({ message: `Invalid uuid ${id}` });
  return id;
}

/** Whether a text is a 32-bit row number. */
export const isRowNumber = (id: string): boolean => /^\d{1,10}$/.test(id) && Number(id) < 2 ** 31;

/** Parses a row number; throws InvalidInput. */
export function numberIn(id: string): number {
  if (!isRowNumber(id)) throw InvalidInput({ message: `id must be an integer, not ${id}` });
  return Number(id);
}
