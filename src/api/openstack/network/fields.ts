/** Fields that the network API's resources share, in requests and answers. */
import { Type as t } from '@sinclair/typebox';
import { field } from '../../../lib/versioning/resource.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import { MAX_TAG_LENGTH, MAX_TAGS } from '../../../network/api/tags.ts';

interface Owned {
  readonly id: string;
  readonly projectId: string;
}

interface Kept extends Owned {
  readonly description: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly revisionNumber: number;
}

const seconds = (time: Date): string => time.toISOString().replace(/\.\d+Z$/, 'Z');

/** Fields of everything that a project owns; the project has both of its names. */
export const ownedFields = {
  id: field(t.String(), (owned: Owned) => owned.id),
  tenant_id: field(t.String(), (owned: Owned) => owned.projectId),
  project_id: field(t.String(), (owned: Owned) => owned.projectId),
};

/** Fields of every resource with attributes of its own kind. */
export const keptFields = {
  ...ownedFields,
  description: field(t.String(), (kept: Kept) => kept.description),
  created_at: field(t.String(), (kept: Kept) => seconds(kept.createdAt)),
  updated_at: field(t.String(), (kept: Kept) => seconds(kept.updatedAt)),
  revision_number: field(t.Integer(), (kept: Kept) => kept.revisionNumber),
};

/** The field of what clients may put tags on. */
export const tagFields = { tags: field(t.Array(t.String()), (tagged: { readonly tags: readonly string[] }) => [...tagged.tags]) };

/** A name or a description. */
export const text = t.String({ maxLength: 255 });

/** Of addresses. */
export const ipVersion = t.Unsafe<4 | 6>({ type: 'integer', enum: [4, 6] });

/** An id; the api reports an unknown one. */
export const id = t.String({ minLength: 1, maxLength: 255 });

/** Fields that clients may set on every resource. */
export const saidFields = { name: bodyField({ type: text }), description: bodyField({ type: text }) };

/** Tags in a body. */
export const tags = t.Array(t.String({ minLength: 1, maxLength: MAX_TAG_LENGTH }), { maxItems: MAX_TAGS, uniqueItems: true });

/** The tags that a resource is created with. */
export const tagsToSet = { tags: bodyField({ type: tags }) };

/** The project to create a resource for, by either name. */
export const ownerFields = { tenant_id: bodyField({ type: id }), project_id: bodyField({ type: id }) };

/** The project in a body. */
export const ownerIn = (body: { readonly tenant_id?: string; readonly project_id?: string }): string | undefined =>
  body.project_id ?? body.tenant_id;
