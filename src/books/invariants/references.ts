/** References to projects, users and roles without a foreign key, since those tables belong to other services. */
import { sql } from 'kysely';
import { dropReference, type Reference, references } from '../../db/stores/identity/references.ts';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';

const invariantOf = (reference: Reference): Invariant => {
  const { table, column, to, kind, isCleared } = reference;
  return {
    name: `${table}.${column}`,
    sentence: `Every ${table}.${column} (${kind}) is among the ${to}.`,
    // The deletion of a project removes such rows, but a concurrent request may add one that was checked before it.
    isSelfHealing: true,
    find: async (db) => {
      const { rows } = await sql<{ named: string; n: number }>`
      SELECT ${sql.ref(column)} AS named, count(*)::int AS n FROM ${sql.table(table)} AS said
      WHERE ${sql.ref(column)} IS NOT NULL AND NOT EXISTS (SELECT FROM ${sql.table(to)} AS known WHERE known.id = said.${sql.ref(column)})
        -- With an external identity service there is nothing to compare with.
        AND EXISTS (SELECT FROM users)
      GROUP BY 1 ORDER BY 1 LIMIT ${MAX_BREACHES}`.execute(db);
      return rows.map(({ named, n }) => ({
        subject: named,
        what: `${named} has ${kind}, but is not among the ${to}.`,
        evidence: { table, column, rows: n },
        repair: isCleared ? `Clear ${column}.` : 'Delete the rows: ids are never reused, so nobody needs them.',
      }));
    },
    repair: {
      // Ids are never reused: a missing one stays missing, so there is nothing to lock.
      lock: async () => {},
      apply: (trx, { subject }) => dropReference(reference, trx, [subject]),
    },
  };
};

/** One invariant for each reference whose target is checked when it is written. */
export const referencesHold: readonly Invariant[] = references.filter(({ isUnchecked }) => !isUnchecked).map(invariantOf);
