import { v } from '../../../microversions.ts';
import { rebuildServerRef } from '../../workflows.ts';
import { restFace, workflowAction } from '../server-action.ts';
import { rebuildBody, rebuildInputOf } from './body.ts';
import { rebuildInput } from './input.ts';

export const rebuild = workflowAction('rebuild', {
  summary: 'Recreate the guest from an image: its disk is lost; its id, addresses and host stay.',
  policy: 'os_compute_api:servers:rebuild',
  input: rebuildInput,
  rest: [
    restFace({ key: 'rebuild', body: rebuildBody, until: v.rebuildVolume, input: rebuildInputOf(false), answers: 'server' }),
    restFace({ key: 'rebuild', body: rebuildBody, since: v.rebuildVolume, input: rebuildInputOf(true), answers: 'server' }),
  ],
  workflow: rebuildServerRef,
});
