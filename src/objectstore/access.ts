/** Who may reach what is in a bucket: the members of its project, as the policy says. */
import { findBucket } from '../db/stores/objectstore/buckets.ts';
import type { Context } from '../lib/context/context.ts';
import { isPlainText } from '../lib/http/plain-text.ts';
import type { Bucket } from '../objects/stored-object.ts';
import type { PolicyRule } from '../policy/rules.ts';
import type { StoreDeps } from './deps.ts';
import { AccessDenied, NoSuchBucket } from './errors.ts';

/** The bucket, if the policy allows this there. */
export async function allow({ db, policy }: StoreDeps, ctx: Context, name: string, rule: PolicyRule): Promise<Bucket> {
  // Such names are nobody's, and the database may not take them.
  const bucket = name.length > MAX_NAME || !isPlainText(name) ? undefined : await findBucket(db, name);
  if (!bucket) throw NoSuchBucket({ bucket: name });
  if (!policy.may(ctx, rule, { project_id: bucket.projectId })) throw AccessDenied({});
  return bucket;
}

const MAX_NAME = 255;

/** The caller's project, which keys always have. */
export function ownProject({ projectId }: Context): string {
  if (projectId === null) throw AccessDenied({ because: 'The caller has no project.' });
  return projectId;
}
