import { codeOf } from '../../lib/errors/outage.ts';

/** A unique value is taken by another row, or a foreign key refers to a row that does not exist. */
export type ConstraintViolation = 'taken' | 'dangling';

/** The statement's answer, or the constraint that it violates. A violation aborts a transaction around it. */
export async function catchViolation<T>(statement: Promise<T>): Promise<T | ConstraintViolation> {
  try {
    return await statement;
  } catch (error) {
    if (codeOf(error) === '23505') return 'taken';
    if (codeOf(error) === '23503') return 'dangling';
    throw error;
  }
}
