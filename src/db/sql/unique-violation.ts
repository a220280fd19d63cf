import { codeOf } from '../../lib/errors/outage.ts';

/** Why a row cannot be stored: another one has its name, or what it refers to is not there (any more). */
export type NotStored = 'taken' | 'dangling';

/** What a statement answers, or why the constraints of the schema refuse it. A transaction around it is over then. */
export async function stored<T>(statement: Promise<T>): Promise<T | NotStored> {
  try {
    return await statement;
  } catch (error) {
    if (codeOf(error) === '23505') return 'taken';
    if (codeOf(error) === '23503') return 'dangling';
    throw error;
  }
}
