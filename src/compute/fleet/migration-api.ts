import type { CellDb } from '../../db/sql/queries.ts';
import { listMigrations, type MigrationQuery } from '../../db/stores/moves/migrations.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Migration } from '../../objects/migration.ts';
import type { Policy } from '../../policy/policy.ts';
import { MarkerNotFound } from '../errors.ts';

/** The records of moves of servers. */
export class MigrationApi {
  readonly #deps: { readonly db: CellDb; readonly policy: Policy };

  constructor(deps: { readonly db: CellDb; readonly policy: Policy }) {
    this.#deps = deps;
  }

  /** A page of moves, newest first: those of the caller's project or, for who may see them, of all. */
  async list(ctx: Context, query: Omit<MigrationQuery, 'ofProject'>): Promise<readonly Migration[]> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'os_compute_api:os-migrations:index');
    const ofAll = policy.may(ctx, 'os_compute_api:os-migrations:index:all_projects');
    const found = await listMigrations(db, { ...query, ...(ofAll ? {} : { ofProject: ctx.projectId ?? '' }) });
    if (!found) throw MarkerNotFound({ marker: query.marker ?? '' });
    return found;
  }
}
