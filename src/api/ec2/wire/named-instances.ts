import type { Server } from '../../../objects/server.ts';
import { instanceIdOf, numberOf } from '../../../objects/ec2-ids.ts';
import type { Ec2Deps } from '../deps.ts';
import { InstanceIdMalformed, InstanceNotFound } from '../errors.ts';
import type { Ec2Asked } from './asked.ts';

/** The servers with these instance ids; all of them exist, or none is answered. */
export async function instancesNamed(
  asked: Ec2Asked,
  { numbered }: Pick<Ec2Deps, 'numbered'>,
  ids: readonly string[],
): Promise<readonly Server[]> {
  const numbers = ids.map((id) => {
    const number = numberOf(id);
    if (number === undefined && !/^i-[0-9a-f]{8,17}$/.test(id)) throw InstanceIdMalformed({ id });
    return number ?? -1;
  });
  const found = await numbered.find(asked.ctx, numbers);
  const known = new Set(found.map(instanceIdOf));
  const missing = ids.filter((id) => !known.has(id));
  if (missing.length > 0) throw InstanceNotFound({ ids: missing });
  return found;
}

/** The only instance that a parameter names. */
export async function instanceNamed(asked: Ec2Asked, deps: Pick<Ec2Deps, 'numbered'>): Promise<Server> {
  const id = asked.required('InstanceId');
  const [server] = await instancesNamed(asked, deps, [id]);
  if (!server) throw InstanceNotFound({ ids: [id] });
  return server;
}
