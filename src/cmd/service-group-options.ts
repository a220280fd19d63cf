/** The options of service groups, with Nova's names and defaults. */
import { option, optionGroup } from '../lib/config/option.ts';
import { checked, integer, list, matching, oneOf } from '../lib/config/value-type.ts';

/** `10.0.0.1:2181`, `cache.example:11211`, `[::1]:11211`. */
const ADDRESS = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+):([0-9]{1,5})$/;

const addressProblem = (text: string): string | undefined => {
  const port = ADDRESS.exec(text)?.[2];
  if (port === undefined) return 'is not host:port';
  return Number(port) >= 1 && Number(port) <= 65_535 ? undefined : `has a port that is not between 1 and 65535`;
};

const addressesProblem = (text: string): string | undefined =>
  text
    .split(',')
    .map(addressProblem)
    .find((problem) => problem !== undefined);

/** How services notice that others are gone. */
export const serviceGroup = {
  servicegroup_driver: option(oneOf(['db', 'mc', 'zk']), {
    default: 'db',
    help: 'Where services are present while they live: in the database, in Memcached or in ZooKeeper. The same for all services.',
  }),
  memcached_servers: option(list(checked('address', addressProblem)), {
    default: [],
    help: 'host:port of each Memcached, with servicegroup_driver=mc.',
  }),
};

export const zookeeper = optionGroup('zookeeper', {
  address: option(checked('list of addresses', addressesProblem), {
    help: 'host:port of each ZooKeeper server, separated by commas, with servicegroup_driver=zk.',
  }),
  recv_timeout: option(integer({ min: 1_000 }), {
    default: 4_000,
    help: 'Silence after which ZooKeeper ends the session of a service, milliseconds.',
  }),
  sg_prefix: option(matching(/^(\/[A-Za-z0-9_.-]+)+$/, 'path of a node'), {
    default: '/servicegroups',
    help: 'The node below which services are.',
  }),
  sg_retry_interval: option(integer({ min: 1 }), {
    default: 5,
    help: 'Seconds between checks of a service that it is there; as long may it be away before it counts as down.',
  }),
});
