import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { sampleServer } from '../../../test/support/sample-server.ts';
import { insertServer } from '../../../test/support/insert-server.ts';
import { findServer } from '../../db/stores/servers/cached-servers.ts';
import type { Context } from '../../lib/context/context.ts';
import { novaPolicy } from '../../policy/policy.ts';
import { unlimited } from '../../quota/resources.ts';
import { MetadataItemNotFound, TagNotFound } from './errors.ts';
import { ServerEditApi } from './edit-api.ts';

let database: TestDatabase;
let edits: ServerEditApi;
beforeAll(async () => {
  database = await createTestDatabase();
  edits = new ServerEditApi({ db: database.db, policy: novaPolicy(), quotaLimits: unlimited });
});
afterAll(() => database?.drop());

const owner = (requestId: string): Context => ({
  requestId,
  keyed: true,
  userId: 'u',
  projectId: 'p',
  roles: ['member', 'reader'],
  isAdmin: false,
});

test('a retried edit whose answer was lost is answered as done, and is done once', async () => {
  const { db } = database;
  const server = sampleServer({ projectId: 'p' });
  await db.transaction().execute((trx) => insertServer(trx, server, 'w'));
  await db.updateTable('servers').set({ vm_state: 'active', task_state: null, workflow_id: null }).where('id', '=', server.id).execute();
  await edits.setTags(owner('req-tags'), server.id, ['a', 'b']);
  await edits.setMetadata(
    owner('req-metadata'),
    server.id,
    { k: 'v' },
    { how: 'replace', rule: 'os_compute_api:server-metadata:update_all' },
  );

  await edits.deleteTag(owner('req-1'), server.id, 'a');
  await edits.deleteTag({ ...owner('req-1'), resumed: true }, server.id, 'a');
  await edits.deleteMetadataItem(owner('req-2'), server.id, 'k');
  await edits.deleteMetadataItem({ ...owner('req-2'), resumed: true }, server.id, 'k');
  await edits.setTags({ ...owner('req-tags'), resumed: true }, server.id, ['a', 'b']);
  expect(await findServer(db, server.id)).toMatchObject({ tags: ['b'], metadata: {} });

  await expect(edits.deleteTag(owner('req-3'), server.id, 'a')).rejects.toSatisfy(TagNotFound.is);
  await expect(edits.deleteMetadataItem({ ...owner('req-4'), resumed: true }, server.id, 'k')).rejects.toSatisfy(MetadataItemNotFound.is);
});
