/** `nova-ts manage service`, `host` and `project`: what operators look up and change without the API. */
import type { Command } from 'commander';
import { ServiceApi } from '../../compute/fleet/service-api.ts';
import { QuotaApi, type QuotaLimits, quotaNames } from '../../compute/quotas/quota-api.ts';
import { BuiltinIdentity } from '../../identity/drivers/builtin/driver.ts';
import { serviceContext } from '../../lib/context/context.ts';
import { novaPolicy } from '../../policy/policy.ts';
import { quotaOptions } from '../cloud/quota-options.ts';
import { openServiceGroup } from '../cloud/shared.ts';
import { type Configured, onCloud, type OpenCloud, print, subcommand } from './on-cloud.ts';
import { tableOf } from './table.ts';

const contextIn = ({ runtime }: OpenCloud) => serviceContext(`req-${runtime.ids.uuid()}`);

interface Wanted {
  readonly host?: string;
  readonly service?: string;
}

/** Adds the commands. */
export function addServices(command: Command): void {
  const group = (name: string, description: string) => {
    const parent = command.command(name).description(description);
    return (sub: string, about: string) => subcommand(parent, sub, about);
  };
  const service = group('service', 'The services of the cloud.');
  service('list', 'Print the services: `:-)` is one that is alive, `XXX` one that is not.')
    .option('--host <host>', 'only those of a host')
    .option('--service <binary>', 'only those of a kind: nova-compute')
    .action((options: Configured & Wanted) => onCloud(options, (cloud) => listServices(cloud, options)));
  for (const name of ['enable', 'disable'] as const)
    service(name, name === 'enable' ? 'Let a host get new servers again.' : 'Let a host get no new servers.')
      .requiredOption('--host <host>', 'the host')
      .option('--service <binary>', 'the service', 'nova-compute')
      .action((options: Configured & Wanted) => onCloud(options, (cloud) => change(cloud, options, name === 'disable')));
  group('host', 'The hosts of the cloud.')('list', 'Print the hosts with their zones.').action((options: Configured) =>
    onCloud(options, listHosts),
  );
  group('project', 'The projects of the cloud.')('quota', 'Print the limits of a project, or change one.')
    .requiredOption('--project <id>', 'the project')
    .option('--user <id>', 'a user in it')
    .option('--key <name>', `the limit to change: ${quotaNames.slice(0, 3).join(', ')}, ...`)
    .option('--value <number>', 'its new value; -1 is unlimited')
    .action((options: Configured & QuotaAsked) => onCloud(options, (cloud) => quota(cloud, options)));
}

const apiOf = async ({ db, runtime }: OpenCloud): Promise<ServiceApi> =>
  new ServiceApi({
    db,
    // The operator at the machine may do everything.
    policy: novaPolicy(),
    group: await openServiceGroup({ db }, runtime),
    internalZone: runtime.config.DEFAULT.internal_service_availability_zone,
  });

async function listServices(cloud: OpenCloud, { host, service }: Wanted): Promise<number> {
  const filter = { ...(host === undefined ? {} : { host }), ...(service === undefined ? {} : { binary: service }) };
  const services = await (await apiOf(cloud)).list(contextIn(cloud), filter);
  const rows = services.map(({ binary, host, zone, disabled, isUp, seenAt, reason = '' }) => [
    binary,
    host,
    zone,
    disabled ? 'disabled' : 'enabled',
    isUp ? ':-)' : 'XXX',
    seenAt.toISOString(),
    reason,
  ]);
  print(tableOf(['Binary', 'Host', 'Zone', 'Status', 'State', 'Updated_At', 'Reason'], rows));
  return 0;
}

async function change(cloud: OpenCloud, { host = '', service = '' }: Wanted, disabled: boolean): Promise<number> {
  const changed = await (await apiOf(cloud)).change(contextIn(cloud), { host, binary: service }, { disabled });
  print(`${changed.binary} of ${changed.host} is ${changed.disabled ? 'disabled' : 'enabled'}`);
  return 0;
}

async function listHosts(cloud: OpenCloud): Promise<number> {
  const services = await (await apiOf(cloud)).list(contextIn(cloud), {});
  const zones = new Map(services.map(({ host, zone }) => [host, zone]));
  for (const { host, zone, binary } of services) if (binary === 'nova-compute') zones.set(host, zone);
  print(
    tableOf(
      ['host', 'zone'],
      [...zones].sort().map(([host, zone]) => [host, zone]),
    ),
  );
  return 0;
}

interface QuotaAsked {
  readonly project: string;
  readonly user?: string;
  readonly key?: string;
  readonly value?: string;
}

/** An unknown name or value of a limit. */
const BAD_QUOTA = 2;

async function quota(cloud: OpenCloud, { project, user, key, value }: QuotaAsked): Promise<number> {
  const { db, runtime } = cloud;
  const { isProject, isUser } = new BuiltinIdentity(db);
  const quotas = new QuotaApi({ db, policy: novaPolicy(), quotaLimits: quotaOptions(runtime.config), isProject, isUser });
  const owner = { projectId: project, ...(user === undefined ? {} : { userId: user }) };
  if (key !== undefined) {
    const changes = changeOf(key, value);
    if (typeof changes === 'string') {
      console.error(`nova-ts: ${changes}`);
      return BAD_QUOTA;
    }
    await quotas.update(contextIn(cloud), owner, changes, { outOfRange: 'refuse' });
  }
  const { limits, used } = await quotas.detail(contextIn(cloud), owner);
  const counts = new Map<string, number>(Object.entries(used));
  print(
    tableOf(
      ['Quota', 'Limit', 'In Use'],
      quotaNames.map((name) => [name, limits[name] === -1 ? 'unlimited' : String(limits[name]), String(counts.get(name) ?? 0)]),
    ),
  );
  return 0;
}

/** The change, or what is wrong with it. */
function changeOf(key: string, value: string | undefined): Partial<QuotaLimits> | string {
  const name = quotaNames.find((one) => one === key);
  if (!name) return `there is no limit "${key}"; there are ${quotaNames.join(', ')}`;
  const number = value === 'unlimited' ? -1 : Number(value ?? Number.NaN);
  return Number.isInteger(number) && number >= -1 ? { [name]: number } : `--value of ${key} is a whole number from -1`;
}
