import { type Static, Type as t } from '@sinclair/typebox';
import { nullable, strictObject } from '../../../lib/versioning/schema.ts';
import { v } from '../../../microversions.ts';
import { name } from '../../wire/words.ts';
import { unshelveServerRef } from '../../workflows.ts';
import { restFace, workflowAction } from '../server-action.ts';

const toZone = nullable(strictObject({ availability_zone: name }));
const toHost = nullable(strictObject({ availability_zone: t.Optional(nullable(name)), host: t.Optional(t.String({ minLength: 1 })) }));

const key = 'unshelve';

/** Passes on only what the client sent. */
const inputOf = (asked: Static<typeof toHost>) => ({
  ...(asked?.availability_zone === undefined ? {} : { zone: asked.availability_zone }),
  ...(asked?.host === undefined ? {} : { host: asked.host }),
});

export const unshelve = workflowAction('unshelve', {
  summary: 'Start a shelved server again, on its host or, when it has left that, on any.',
  policy: 'os_compute_api:os-shelve:unshelve',
  input: t.Object({
    /** The zone that the server is in from now on; null: any. Only for a server that has left its host. */
    zone: t.Optional(nullable(t.String())),
    /** The host to start it on. Only for a server that has left its host. */
    host: t.Optional(t.String()),
  }),
  rest: [
    restFace({ key, until: v.unshelveToZone, input: () => ({}) }),
    restFace({ key, body: toZone, since: v.unshelveToZone, until: v.unshelveToHost, input: inputOf }),
    restFace({ key, body: toHost, since: v.unshelveToHost, input: inputOf }),
  ],
  workflow: unshelveServerRef,
});
