import { fieldsIn, textOf } from '../../../lib/xml/read-xml.ts';
import { xmlAnswer } from '../answers/xml-answer.ts';
import { MalformedXml, NotImplemented } from '../errors.ts';
import type { Operation } from './operation.ts';

/** S3's bound. */
const MAX_KEYS = 1_000;

/** Deletes the objects that the body names. */
export const deleteMany: Operation = {
  method: 'POST',
  level: 'bucket',
  parameter: 'delete',
  run: async (asked) => {
    const wanted = await asked.xml('Delete');
    const objects = wanted ? fieldsIn(wanted, 'Object') : [];
    if (!wanted || objects.length === 0 || objects.length > MAX_KEYS) throw MalformedXml({});
    const keys = objects.map((object) => {
      const [key, version = 'null'] = [textOf(object, 'Key'), textOf(object, 'VersionId')];
      if (key === undefined || key === '') throw MalformedXml({});
      if (version !== 'null') throw NotImplemented({ what: 'A VersionId' });
      return key;
    });
    await asked.store.objects.delete(asked.ctx, asked.bucket, keys);
    return xmlAnswer('DeleteResult', { Deleted: textOf(wanted, 'Quiet') === 'true' ? [] : keys.map((Key) => ({ Key })) });
  },
};
