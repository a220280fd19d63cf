import { sql } from 'kysely';
import { deleteRbacPolicy, lockRbacPolicy, tableOf } from '../../db/stores/network/rbac-policies.ts';
import { sharedTypes } from '../../objects/network-sharing.ts';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';

interface Row {
  id: string;
  objectType: string;
  objectId: string;
}

/** The policies of a type whose object is gone. */
const lost = (type: (typeof sharedTypes)[number]) => sql`
  SELECT id, number, object_type AS "objectType", object_id AS "objectId" FROM rbac_policies
  WHERE object_type = ${type} AND NOT EXISTS (SELECT FROM ${sql.table(tableOf[type])} AS object WHERE object.id = rbac_policies.object_id)`;

/** No foreign key can say this of objects in several tables. */
export const sharedObjectsExist: Invariant = {
  name: 'shared-objects-exist',
  sentence: 'What a policy lets others use exists.',
  isSelfHealing: true,
  find: async (db) => {
    const all = sql.join(sharedTypes.map(lost), sql` UNION ALL `);
    const { rows } = await sql<Row>`SELECT * FROM (${all}) AS policies ORDER BY number LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ id, objectType, objectId }) => ({
      subject: id,
      what: `The RBAC policy ${id} is about the ${objectType} ${objectId}, which does not exist.`,
      evidence: { objectType, objectId },
      repair: 'Delete the policy: ids are never reused.',
    }));
  },
  repair: {
    lock: (trx, { subject }) => lockRbacPolicy(trx, subject),
    apply: (trx, { subject }) => deleteRbacPolicy(trx, subject),
  },
};
