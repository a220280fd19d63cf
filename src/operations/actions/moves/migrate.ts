import { Type as t } from '@sinclair/typebox';
import { nullable, strictObject } from '../../../lib/versioning/schema.ts';
import { v } from '../../../microversions.ts';
import { resizeServerRef } from '../../workflows.ts';
import { restFace, workflowAction } from '../server-action.ts';

/** Names a host since 2.56; earlier versions ignore the body. */
const withHost = nullable(strictObject({ host: t.Optional(nullable(t.String({ minLength: 1, maxLength: 255 }))) }));

export const migrate = workflowAction('migrate', {
  summary: 'Move the server, turned off for the time, to another host, until that is confirmed or reverted.',
  policy: 'os_compute_api:os-migrate-server:migrate',
  input: t.Object({ host: nullable(t.String()) }),
  rest: [
    restFace({ key: 'migrate', until: v.migrateToHost, input: () => ({ host: null }) }),
    restFace({ key: 'migrate', since: v.migrateToHost, body: withHost, input: (body) => ({ host: body?.host ?? null }) }),
  ],
  rowFor: () => 'resize',
  workflow: resizeServerRef,
});
