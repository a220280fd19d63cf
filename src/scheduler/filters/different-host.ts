import { hintedServers } from '../hinted-servers.ts';
import { type Filter, giveUp, pass, reject } from './filter.ts';

/** None of the servers of the hint `different_host` is on the host. */
export const differentHostFilter: Filter = {
  name: 'DifferentHostFilter',
  checkFor: (request) => {
    const shunned = hintedServers(request, 'different_host');
    if (shunned.length === 0) return undefined;
    return (host) => {
      const there = shunned.filter((id) => host.hintedServers.includes(id));
      if (there.length === 0) return pass;
      return reject(
        shunned.length === 1
          ? `server ${there[0]} is there`
          : `${there.length} of the ${shunned.length} servers of different_host are there`,
      );
    };
  },
  remedy: giveUp('without the hint different_host'),
};
