import { Type as t } from '@sinclair/typebox';
import { bodyObject } from '../../../lib/versioning/body-object.ts';
import { stringEnum } from '../../../lib/versioning/schema.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import { resizeServerRef } from '../../workflows.ts';
import { restFace, workflowAction } from '../server-action.ts';

const diskConfig = stringEnum(['AUTO', 'MANUAL']);

const body = bodyObject({
  flavorRef: bodyField({ type: t.Union([t.String({ minLength: 1 }), t.Integer()]), required: true }),
  'OS-DCF:diskConfig': bodyField({ type: diskConfig }),
});

export const resize = workflowAction('resize', {
  summary: 'Give the server another flavor, on this host or another, until its owner confirms or reverts that.',
  policy: 'os_compute_api:servers:resize',
  input: t.Object({ flavorId: t.String(), diskConfig: t.Optional(diskConfig) }),
  rest: restFace({
    key: 'resize',
    body,
    input: ({ flavorRef, 'OS-DCF:diskConfig': asked }) => ({
      flavorId: String(flavorRef),
      ...(asked === undefined ? {} : { diskConfig: asked }),
    }),
  }),
  workflow: resizeServerRef,
});
