import { type Static, Type as t } from '@sinclair/typebox';
import { bodyObject } from '../../../lib/versioning/body-object.ts';
import { nullable } from '../../../lib/versioning/schema.ts';
import { bodyField, bodyVariants, type HeadOf, upgraded } from '../../../lib/versioning/shape.ts';
import { v } from '../../../microversions.ts';
import { boolish, isYes } from '../../wire/words.ts';
import { liveMigrateServerRef } from '../../workflows.ts';
import { restFace, workflowAction } from '../server-action.ts';

const body = bodyObject({
  host: bodyField({ type: nullable(t.String({ minLength: 1, maxLength: 255 })), required: true }),
  block_migration: bodyVariants(
    bodyField({ type: upgraded(boolish, isYes), required: true, until: v.autoBlockMigration, absent: null }),
    bodyField({
      type: upgraded(t.Union([boolish, t.Literal('auto')]), (asked) => (asked === 'auto' ? null : isYes(asked))),
      required: true,
      since: v.autoBlockMigration,
      absent: null,
    }),
  ),
  // Has no effect: the new host has room for the whole disk, or it is not chosen.
  disk_over_commit: bodyField({ type: boolish, required: true, until: v.autoBlockMigration }),
  force: bodyField({ type: upgraded(boolish, isYes), since: v.liveMigrateForce, until: v.noForce, absent: false }),
});

const input = t.Object({
  host: nullable(t.String()),
  /** Whether disks are copied; null leaves that to the hosts. */
  copiesDisks: nullable(t.Boolean()),
  /** Whether the named host is taken without asking the scheduler. */
  isForced: t.Boolean(),
  /** Whether the caller waits for the checks, and is told of what they find. */
  awaitsChecks: t.Boolean(),
});

const inputOf = ({ host, block_migration: copiesDisks, force }: HeadOf<typeof body>): Omit<Static<typeof input>, 'awaitsChecks'> => ({
  host,
  copiesDisks,
  isForced: force,
});

export const liveMigrate = workflowAction('live-migration', {
  summary: 'Move the server to another host while it runs.',
  policy: 'os_compute_api:os-migrate-server:migrate_live',
  input,
  rest: [
    // Before it could be chosen, a named host was always forced.
    restFace({
      key: 'os-migrateLive',
      until: v.liveMigrateForce,
      body,
      input: (asked) => ({ ...inputOf(asked), isForced: asked.host !== null, awaitsChecks: true }),
    }),
    restFace({
      key: 'os-migrateLive',
      since: v.liveMigrateForce,
      until: v.asyncPrecheck,
      body,
      input: (asked) => ({ ...inputOf(asked), awaitsChecks: true }),
    }),
    restFace({
      key: 'os-migrateLive',
      since: v.asyncPrecheck,
      body,
      input: (asked) => ({ ...inputOf(asked), awaitsChecks: false }),
    }),
  ],
  rowFor: () => 'liveMigrate',
  workflow: liveMigrateServerRef,
});
