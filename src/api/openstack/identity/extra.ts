/** Extra fields that clients store with domains, projects, users and roles: accepted and shown beside the known ones. */
import { Type as t } from '@sinclair/typebox';
import { perVersion } from '../../../lib/versioning/microversion.ts';
import type { RequestBody } from '../../../lib/versioning/request-body.ts';
import type { Resource } from '../../../lib/versioning/resource.ts';
import { InvalidInput } from '../../../lib/versioning/validation.ts';
import type { Extra } from '../../../objects/identity.ts';

const MAX_NAME = 255;
/** Names that occur only in answers; they are not stored when a client echoes them. */
const ANSWERED = ['id', 'links', 'password_expires_at'];

/** A body that collects unknown keys of its envelope in `extra`; `known` lists the others. */
export const withExtra = <H extends object>(
  body: RequestBody<H>,
  known: readonly string[],
): RequestBody<H & { readonly extra?: Extra }> => ({
  ...body,
  parse: (raw, at, options) => {
    const head = body.parse(raw, at, options);
    // Seam: the body's schema has checked that the envelope holds an object.
    const inside = (raw as Readonly<Record<string, object>>)[body.key ?? ''] ?? {};
    const extra = Object.entries(inside).filter(([name]) => !known.includes(name) && !ANSWERED.includes(name));
    const long = extra.find(([name]) => name.length > MAX_NAME || name === '');
    if (long)
      throw InvalidInput({
        message: `Invalid input for field '${long[0].slice(0, MAX_NAME)}': a name has from 1 to ${MAX_NAME} characters.`,
      });
    return extra.length === 0 ? head : { ...head, extra: Object.fromEntries(extra) };
  },
});

/** A resource that shows its stored extra fields; its own fields take precedence. */
export const showingExtra = <D extends { readonly extra: Extra }>(inner: Resource<D>): Resource<D> => ({
  name: inner.name,
  rulesAt: inner.rulesAt,
  render: (value, view) => ({ ...value.extra, ...inner.render(value, view) }),
  schemaAt: perVersion((at) => t.Object(inner.schemaAt(at).properties)),
});
