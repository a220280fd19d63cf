import { deleteDomain, findDomain, insertDomain, listDomains, updateDomain } from '../../db/stores/identity/domains.ts';
import { belongingsOf } from '../../db/stores/identity/projects.ts';
import { change } from '../../db/change.ts';
import { domainCreate, domainDelete, domainUpdate, projectDelete, userDelete } from '../../events/identity.ts';
import type { Context } from '../../lib/context/context.ts';
import { DEFAULT_DOMAIN, type Domain, type Extra } from '../../objects/identity.ts';
import { EntityNotFound, NameTaken, NotAllowed } from '../errors.ts';
import { extraText, given, type OptionChanges, optionsText, refuseImmutable, refuseImmutableDeletion } from './columns.ts';
import { type AdminDeps, authorize, type NameFilter, newId, type PageWanted } from './deps.ts';

/** Changes of a domain; undefined fields stay. */
export interface DomainChanges {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly options?: OptionChanges | undefined;
  /** Merged into the present ones; null removes one. */
  readonly extra?: Extra | undefined;
}

/** Domains: namespaces of users and projects. */
export class Domains {
  readonly #deps: AdminDeps;

  constructor(deps: AdminDeps) {
    this.#deps = deps;
  }

  async list(
    ctx: Context,
    { nameMatches, ...columns }: NameFilter & { readonly enabled?: boolean | undefined },
    page: PageWanted,
  ): Promise<readonly Domain[]> {
    authorize(this.#deps, ctx, 'identity:list_domains');
    return await listDomains(this.#deps.db, {
      ...given({ marker: page.marker, nameMatches }),
      limit: page.limit,
      columns: given(columns),
    });
  }

  async show(ctx: Context, id: string): Promise<Domain> {
    authorize(this.#deps, ctx, 'identity:get_domain', { 'target.domain.id': id });
    return await this.#existing(id);
  }

  async create(ctx: Context, wanted: DomainChanges & { readonly name: string }): Promise<Domain> {
    authorize(this.#deps, ctx, 'identity:create_domain');
    const { name, description = '', enabled = true, options = {}, extra = {} } = wanted;
    return await change(ctx, { db: this.#deps.db, what: 'domain.create' }, async ({ trx, tell }) => {
      const kept = { options: optionsText({}, options), extra: extraText({}, extra) };
      const domain = await insertDomain(trx, { id: newId(this.#deps), name, description, enabled, ...kept });
      if (typeof domain === 'string') throw NameTaken({ entity: 'domain', name });
      tell(domainCreate(domain));
      return domain;
    });
  }

  async update(ctx: Context, id: string, changes: DomainChanges): Promise<Domain> {
    authorize(this.#deps, ctx, 'identity:update_domain', { 'target.domain.id': id });
    // It has all users of a new cloud: with it disabled, nobody could enable it again.
    if (id === DEFAULT_DOMAIN && changes.enabled === false) throw NotAllowed({ because: 'The default domain cannot be disabled.' });
    const now = await this.#existing(id);
    refuseImmutable('domain', now, { ...changes });
    const { name, description, enabled, options, extra } = changes;
    const kept = { options: options && optionsText(now.options, options), extra: extra && extraText(now.extra, extra) };
    const columns = given({ name, description, enabled, ...kept });
    if (Object.keys(columns).length === 0) return now;
    return await change(ctx, { db: this.#deps.db, what: 'domain.update' }, async ({ trx, tell }) => {
      const updated = await updateDomain(trx, id, columns);
      if (typeof updated === 'string') throw NameTaken({ entity: 'domain', name: changes.name ?? '' });
      const domain = found(updated, id);
      tell(domainUpdate(domain));
      return domain;
    });
  }

  /** Deletes a domain with its users and projects; it has to be disabled first. What the projects own stays, as with a deleted project. */
  async delete(ctx: Context, id: string): Promise<void> {
    const { db, log } = this.#deps;
    authorize(this.#deps, ctx, 'identity:delete_domain', { 'target.domain.id': id });
    if (id === DEFAULT_DOMAIN) throw NotAllowed({ because: 'The default domain cannot be deleted.' });
    const prepare = async () => refuseImmutableDeletion('domain', await this.#existing(id));
    const projects = await change(ctx, { db, what: 'domain.delete', prepare }, async ({ trx, tell }) => {
      const gone = await deleteDomain(trx, id);
      if (!gone) throw NotAllowed({ because: 'Cannot delete a domain that is enabled, please disable it first.' });
      for (const project of gone.projects) tell(projectDelete(project));
      for (const user of gone.users) tell(userDelete(user));
      tell(domainDelete(gone.domain));
      return gone.projects.map((project) => project.id);
    });
    const left = await belongingsOf(db, projects);
    if (Object.keys(left).length > 0)
      log.warn({ domainId: id, projects, left, requestId: ctx.requestId }, 'a deleted domain left resources');
  }

  #existing = async (id: string): Promise<Domain> => found(await findDomain(this.#deps.db, id), id);
}

function found(domain: Domain | undefined, id: string): Domain {
  if (!domain) throw EntityNotFound({ entity: 'domain', id });
  return domain;
}
