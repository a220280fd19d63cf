import { findDomain } from '../../db/stores/identity/domains.ts';
import {
  belongingsOf,
  deleteProject,
  findProject,
  insertProject,
  isBelow,
  isOfUser,
  listProjects,
  updateProject,
} from '../../db/stores/identity/projects.ts';
import { type TagFilter, tagConditions } from '../../db/sql/tag-filter.ts';
import { findUser } from '../../db/stores/identity/users.ts';
import { change } from '../../db/change.ts';
import { projectCreate, projectDelete, projectUpdate } from '../../events/identity.ts';
import type { Context } from '../../lib/context/context.ts';
import { DEFAULT_DOMAIN, type Extra, type Project } from '../../objects/identity.ts';
import { EntityNotFound, FieldRefused, NameTaken, NotAllowed } from '../errors.ts';
import { extraText, given, type OptionChanges, optionsText, refuseImmutable, refuseImmutableDeletion } from './columns.ts';
import { type AdminDeps, authorize, type NameFilter, newId, type PageWanted } from './deps.ts';

/** Changes of a project; undefined fields stay. */
export interface ProjectChanges {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly options?: OptionChanges | undefined;
  /** Merged into the present ones; null removes one. */
  readonly extra?: Extra | undefined;
}

/** The place of a project; a domain as parent is the same as none. */
export interface ProjectPlace {
  readonly domainId?: string | undefined;
  readonly parentId?: string | undefined;
}

export interface ProjectFilter extends ProjectPlace, NameFilter {
  readonly enabled?: boolean | undefined;
  readonly tags?: TagFilter;
}

/** The maximum depth of the hierarchy of projects: Keystone's default. */
const MAX_DEPTH = 5;

/** Projects: the owners of everything else. */
export class Projects {
  readonly #deps: AdminDeps;

  constructor(deps: AdminDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, filter: ProjectFilter, page: PageWanted): Promise<readonly Project[]> {
    authorize(this.#deps, ctx, 'identity:list_projects', given({ 'target.domain.id': filter.domainId }));
    return await this.#page(filter, page, []);
  }

  /** The projects in which a user has a role. */
  async listOfUser(ctx: Context, userId: string, filter: ProjectFilter, page: PageWanted): Promise<readonly Project[]> {
    authorize(this.#deps, ctx, 'identity:list_user_projects', { 'target.user.id': userId });
    if (!(await findUser(this.#deps.db, userId))) throw EntityNotFound({ entity: 'user', id: userId });
    return await this.#page(filter, page, [isOfUser(userId)]);
  }

  async show(ctx: Context, id: string): Promise<Project> {
    authorize(this.#deps, ctx, 'identity:get_project', { 'target.project.id': id });
    return await this.#existing(id);
  }

  async create(ctx: Context, wanted: ProjectChanges & ProjectPlace & { readonly name: string }): Promise<Project> {
    authorize(this.#deps, ctx, 'identity:create_project', given({ 'target.domain.id': wanted.domainId }));
    const { name, description = '', enabled = true, tags = [], options = {}, extra = {} } = wanted;
    const prepare = () => this.#place(ctx, wanted);
    return await change(ctx, { db: this.#deps.db, what: 'project.create', prepare }, async ({ trx, tell }, { domainId, parentId }) => {
      const project = await insertProject(trx, {
        id: newId(this.#deps),
        domain_id: domainId,
        parent_id: parentId,
        name,
        description,
        enabled,
        tags: JSON.stringify(tags),
        options: optionsText({}, options),
        extra: extraText({}, extra),
      });
      if (project === 'taken') throw NameTaken({ entity: 'project', name, domainId });
      // The domain or the parent was deleted since the lookup.
      if (project === 'dangling') throw EntityNotFound({ entity: 'domain', id: domainId });
      tell(projectCreate(project));
      return project;
    });
  }

  async update(ctx: Context, id: string, changes: ProjectChanges & ProjectPlace): Promise<Project> {
    authorize(this.#deps, ctx, 'identity:update_project', { 'target.project.id': id });
    const now = await this.#existing(id);
    refuseMove(now, changes);
    refuseImmutable('project', now, { ...changes });
    const { name, description, enabled, tags, options, extra } = changes;
    const kept = { options: options && optionsText(now.options, options), extra: extra && extraText(now.extra, extra) };
    const columns = given({ name, description, enabled, tags: tags && JSON.stringify(tags), ...kept });
    if (Object.keys(columns).length === 0) return now;
    return await change(ctx, { db: this.#deps.db, what: 'project.update' }, async ({ trx, tell }) => {
      const updated = await updateProject(trx, id, columns);
      if (typeof updated === 'string') throw NameTaken({ entity: 'project', name: name ?? '', domainId: now.domainId });
      const project = found(updated, id);
      tell(projectUpdate(project));
      return project;
    });
  }

  /**
   * Deletes a project with its roles, quotas, server groups, flavor accesses and shares of images; all tokens for it end at once. As with Keystone,
   * its servers, ports, networks and images stay as they are: an admin finds them by the project's id and removes them. They are counted and logged.
   */
  async delete(ctx: Context, id: string): Promise<void> {
    const { db, log } = this.#deps;
    authorize(this.#deps, ctx, 'identity:delete_project', { 'target.project.id': id });
    const prepare = async () => refuseImmutableDeletion('project', await this.#existing(id));
    await change(ctx, { db, what: 'project.delete', prepare }, async ({ trx, tell }) => {
      const project = await deleteProject(trx, id);
      if (project === 'dangling')
        throw NotAllowed({
          because: `Cannot delete the project ${id} since it is not a leaf in the hierarchy: delete those below it first.`,
        });
      tell(projectDelete(found(project, id)));
    });
    const left = await belongingsOf(db, [id]);
    if (Object.keys(left).length > 0) log.warn({ projectId: id, left, requestId: ctx.requestId }, 'a deleted project left resources');
  }

  async #page(filter: ProjectFilter, page: PageWanted, more: ReturnType<typeof isOfUser>[]) {
    const { name, nameMatches, domainId, enabled, parentId, tags = {} } = filter;
    return await listProjects(this.#deps.db, {
      ...given({ marker: page.marker, nameMatches }),
      limit: page.limit,
      columns: given({ name, domain_id: domainId, enabled }),
      conditions: [...more, ...(parentId === undefined ? [] : [isBelow(parentId)]), ...tagConditions(tags)],
    });
  }

  /** Domain and parent of a new project: the domain is the parent's, the named one, or the caller's. A missing one is not-found, although the body names it: clients of Keystone rely on that. */
  async #place(ctx: Context, { domainId, parentId }: ProjectPlace): Promise<{ domainId: string; parentId: string | null }> {
    const { db } = this.#deps;
    const parent = parentId === undefined ? undefined : await findProject(db, parentId);
    const asDomain = parentId === undefined || parent ? undefined : await findDomain(db, parentId);
    if (parentId !== undefined && !parent && !asDomain) throw EntityNotFound({ entity: 'project', id: parentId });
    const above = parent?.domainId ?? asDomain?.id;
    if (domainId !== undefined && above !== undefined && domainId !== above)
      throw FieldRefused({ field: 'parent_id', problem: `the parent is not in the domain ${domainId}.` });
    const wanted = above ?? domainId ?? ctx.domainId ?? DEFAULT_DOMAIN;
    if (above === undefined && !(await findDomain(db, wanted))) throw EntityNotFound({ entity: 'domain', id: wanted });
    if (parent) await this.#refuseTooDeep(parent);
    return { domainId: wanted, parentId: parent?.id ?? null };
  }

  async #refuseTooDeep(parent: Project): Promise<void> {
    let above: Project | undefined = parent;
    // The domain itself counts, so projects have one level less.
    for (let depth = 2; above; depth++) {
      if (depth >= MAX_DEPTH) throw NotAllowed({ because: `Max hierarchy depth reached for ${parent.id} branch.` });
      above = above.parentId === null ? undefined : await findProject(this.#deps.db, above.parentId);
    }
  }

  #existing = async (id: string): Promise<Project> => found(await findProject(this.#deps.db, id), id);
}

/** Projects do not move: a given place must be the present one. */
function refuseMove(now: Project, { domainId, parentId }: ProjectPlace): void {
  if (domainId !== undefined && domainId !== now.domainId)
    throw FieldRefused({ field: 'domain_id', problem: 'a project stays in its domain.' });
  if (parentId !== undefined && parentId !== (now.parentId ?? now.domainId))
    throw NotAllowed({ because: 'A project stays below its parent.' });
}

function found(project: Project | undefined, id: string): Project {
  if (!project) throw EntityNotFound({ entity: 'project', id });
  return project;
}
