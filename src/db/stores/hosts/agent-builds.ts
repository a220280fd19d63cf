/** Builds of guest agents. */
import type { Selectable } from 'kysely';
import type { AgentBuild, AgentFile } from '../../../objects/agent-build.ts';
import type { AgentBuildsTable } from '../../schema/hosts.ts';
import type { CellDb, InCell } from '../../sql/queries.ts';

const toBuild = ({ md5hash, ...row }: Selectable<AgentBuildsTable>): AgentBuild => ({ ...row, md5: md5hash });

/** All of them or those for a hypervisor, oldest first: operators have some dozens. */
export async function listAgentBuilds(db: CellDb, hypervisor: string | undefined): Promise<readonly AgentBuild[]> {
  const all = db.selectFrom('agent_builds').selectAll().orderBy('id');
  return (await (hypervisor === undefined ? all : all.where('hypervisor', '=', hypervisor)).execute()).map(toBuild);
}

/** @returns undefined if guests of this kind have a build already */
export async function insertAgentBuild(trx: InCell, { md5, ...build }: Omit<AgentBuild, 'id'>): Promise<AgentBuild | undefined> {
  const values = { ...build, md5hash: md5 };
  const insert = trx
    .insertInto('agent_builds')
    .values(values)
    .onConflict((taken) => taken.doNothing());
  const row = await insert.returningAll().executeTakeFirst();
  return row && toBuild(row);
}

/** @returns undefined if there is no such build */
export async function updateAgentBuild(trx: InCell, id: number, { md5, ...file }: AgentFile): Promise<AgentBuild | undefined> {
  const update = trx
    .updateTable('agent_builds')
    .set({ ...file, md5hash: md5 })
    .where('id', '=', id);
  const row = await update.returningAll().executeTakeFirst();
  return row && toBuild(row);
}

/** @returns undefined if there was no such build */
export async function deleteAgentBuild(trx: InCell, id: number): Promise<AgentBuild | undefined> {
  const row = await trx.deleteFrom('agent_builds').where('id', '=', id).returningAll().executeTakeFirst();
  return row && toBuild(row);
}
