/** A process that keeps members present in a service group until it is killed: `node group-member.ts mc|zk|db ADDRESS DATABASE HOST...`. */
import { openDatabase } from '../../src/db/connect/open.ts';
import { silentLog } from '../../src/lib/log/log.ts';
import { joinableGroup } from './service-groups.ts';

const [, , kind = '', address = '', url = '', ...hosts] = process.argv;
const { db } = await openDatabase({ url, poolSize: 1, log: silentLog, applicationName: 'member' });
const { group, present } = joinableGroup(kind, address, db);
const members = hosts.map((host) => ({ binary: 'nova-network', host }));
await group.join(members, new AbortController().signal);
await present(members);
process.stdout.write('joined\n');
