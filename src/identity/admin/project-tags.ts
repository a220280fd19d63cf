import { lockProject, findProject, updateProject } from '../../db/stores/identity/projects.ts';
import { change } from '../../db/change.ts';
import { projectUpdate } from '../../events/identity.ts';
import type { Context } from '../../lib/context/context.ts';
import { MAX_TAGS, type Project } from '../../objects/identity.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import { EntityNotFound, FieldRefused, TagNotFound } from '../errors.ts';
import { refuseImmutable } from './columns.ts';
import { type AdminDeps, authorize } from './deps.ts';

/** The tags of projects, as a list and one by one. */
export class ProjectTags {
  readonly #deps: AdminDeps;

  constructor(deps: AdminDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, id: string): Promise<readonly string[]> {
    authorize(this.#deps, ctx, 'identity:list_project_tags', { 'target.project.id': id });
    return found(await findProject(this.#deps.db, id), id).tags;
  }

  /** Fails unless the project has the tag. */
  async check(ctx: Context, id: string, tag: string): Promise<void> {
    authorize(this.#deps, ctx, 'identity:get_project_tag', { 'target.project.id': id });
    if (!found(await findProject(this.#deps.db, id), id).tags.includes(tag)) throw TagNotFound({ tag });
  }

  /** Replaces all tags. */
  replace(ctx: Context, id: string, tags: readonly string[]): Promise<readonly string[]> {
    return this.#update(ctx, id, 'identity:update_project_tags', () => tags);
  }

  /** Adds a tag; a no-op if the project has it already. */
  async add(ctx: Context, id: string, tag: string): Promise<void> {
    await this.#update(ctx, id, 'identity:create_project_tag', (tags) => (tags.includes(tag) ? tags : [...tags, tag]));
  }

  async remove(ctx: Context, id: string, tag: string): Promise<void> {
    await this.#update(ctx, id, 'identity:delete_project_tag', (tags) => {
      if (!tags.includes(tag)) throw TagNotFound({ tag });
      return tags.filter((one) => one !== tag);
    });
  }

  async clear(ctx: Context, id: string): Promise<void> {
    await this.#update(ctx, id, 'identity:delete_project_tags', () => []);
  }

  /** Locks the project, so that concurrent changes of its tags are not lost. */
  async #update(
    ctx: Context,
    id: string,
    rule: PolicyRule,
    tagsAfter: (before: readonly string[]) => readonly string[],
  ): Promise<readonly string[]> {
    authorize(this.#deps, ctx, rule, { 'target.project.id': id });
    return await change(ctx, { db: this.#deps.db, what: 'project.update' }, async ({ trx, tell }) => {
      const now = found(await lockProject(trx, id), id);
      const tags = tagsAfter(now.tags);
      refuseImmutable('project', now, { tags });
      if (tags.length > MAX_TAGS) throw FieldRefused({ field: 'tags', problem: `a project has at most ${MAX_TAGS} tags.` });
      const after = await updateProject(trx, id, { tags: JSON.stringify(tags) });
      if (typeof after === 'object') tell(projectUpdate(after));
      return [...tags];
    });
  }
}

function found(project: Project | undefined, id: string): Project {
  if (!project) throw EntityNotFound({ entity: 'project', id });
  return project;
}
