import { sql } from 'kysely';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';

interface Row {
  bucket: string;
  key: string;
  sizeBytes: number;
  dataBytes: number;
}

/** An object is written with its data in one transaction. */
export const objectsAreWhole: Invariant = {
  name: 'objects-are-whole',
  sentence: 'An object of the object store has data, which together is as large as the object.',
  isSelfHealing: false,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT object.bucket, object.key, object.size_bytes::float8 AS "sizeBytes", coalesce(sum(data.size_bytes), -1)::float8 AS "dataBytes"
      FROM bucket_objects AS object LEFT JOIN object_data AS data ON data.version = object.version
      GROUP BY object.bucket, object.key HAVING coalesce(sum(data.size_bytes), -1) <> object.size_bytes
      ORDER BY object.bucket, object.key LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ bucket, key, sizeBytes, dataBytes }) => ({
      subject: `${bucket}/${key}`,
      what: `The object ${bucket}/${key} has ${sizeBytes} bytes, and ${dataBytes < 0 ? 'no data' : `data of ${dataBytes} bytes`}.`,
      evidence: { sizeBytes, dataBytes },
      repair: 'By hand: delete the object, or write it again.',
    }));
  },
};
