/** The object store's files: compares them with the rows that name them. */
import { sql } from 'kysely';
import type { CloudDb } from '../db/sql/queries.ts';
import { type Breach, type Invariant, MAX_BREACHES } from './invariant.ts';

/** The part of the object store that is checked. */
export interface ObjectFiles {
  has(id: string): Promise<boolean>;
  names(): AsyncIterable<{ readonly digits: string; readonly names: readonly string[] }>;
  remove(id: string): Promise<void>;
}

/** Data that an object or an upload holds. */
interface Held {
  readonly id: string;
  readonly holder: string;
}

const rowsOf = async (db: CloudDb, digits: string): Promise<readonly Held[]> => {
  const [first, last] = ['0', 'f'].map(
    (digit) => `${digits.padEnd(8, digit)}-${[4, 4, 4, 12].map((length) => digit.repeat(length)).join('-')}`,
  );
  const { rows } = await sql<Held>`
    SELECT id, coalesce(version, upload_id)::text AS holder FROM object_data
    WHERE id BETWEEN ${first}::uuid AND ${last}::uuid AND num_nonnulls(version, upload_id) = 1 ORDER BY id`.execute(db);
  return rows;
};

/** Those of the files that the database does not know. */
async function unknownIn(db: CloudDb, names: readonly string[]): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT name AS id FROM unnest(${[...names]}::uuid[]) AS file (name)
    WHERE NOT EXISTS (SELECT FROM object_data WHERE id = file.name) ORDER BY 1`.execute(db);
  return rows.map(({ id }) => id);
}

/**
 * The invariants over the files of objects. A row is written before its file and deleted after it, so each file is looked for in rows that
 * are read later, and what is missing is looked for once more.
 * @param db as it is now, not at the time of the check: files do not stand still for it
 */
export const objectInvariants = (db: CloudDb, files: ObjectFiles): readonly Invariant[] => [
  {
    name: 'objects-have-files',
    sentence: 'The data of an object is in its file.',
    isSelfHealing: false,
    find: async () => {
      const breaches: Breach[] = [];
      for await (const { digits, names } of files.names()) {
        const there = new Set(names);
        const missing = (await rowsOf(db, digits)).filter(({ id }) => !there.has(id));
        if (missing.length === 0) continue;
        const held = new Set((await rowsOf(db, digits)).map(({ id }) => id));
        for (const { id, holder } of missing) if (!(await files.has(id)) && held.has(id)) breaches.push(lostData(id, holder));
        if (breaches.length >= MAX_BREACHES) break;
      }
      return breaches.slice(0, MAX_BREACHES);
    },
  },
  {
    name: 'files-have-objects',
    sentence: 'A file of the object store is known to the database.',
    // The wrong database knows none of them.
    isSelfHealing: false,
    find: async () => {
      const breaches: Breach[] = [];
      for await (const { names } of files.names()) {
        if (names.length === 0) continue;
        for (const id of await unknownIn(db, names)) if (await files.has(id)) breaches.push(strayFile(id));
        if (breaches.length >= MAX_BREACHES) break;
      }
      return breaches.slice(0, MAX_BREACHES);
    },
    repair: {
      // Ids are never used again: there is nothing to lock.
      lock: async () => {},
      apply: async (_trx, { subject }) => await files.remove(subject),
    },
  },
];

const lostData = (id: string, holder: string): Breach => ({
  subject: id,
  what: `The file ${id}, with data of the object or upload ${holder}, does not exist.`,
  evidence: { holder },
  repair: 'None: restore the file from a backup, or delete the object and write it again.',
});

const strayFile = (id: string): Breach => ({
  subject: id,
  what: `The database does not know the file ${id} of the object store.`,
  evidence: {},
  repair: 'Remove the file.',
});
