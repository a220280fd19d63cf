import { hintedServers } from '../hinted-servers.ts';
import { type Filter, giveUp, pass, reject } from './filter.ts';

/** At least one of the servers of the hint `same_host` is on the host, if there is such a hint. */
export const sameHostFilter: Filter = {
  name: 'SameHostFilter',
  checkFor: (request) => {
    const wanted = hintedServers(request, 'same_host');
    if (wanted.length === 0) return undefined;
    const refusal = reject(
      wanted.length === 1 ? `server ${wanted[0]} is not there` : `none of the ${wanted.length} servers of same_host is there`,
    );
    return (host) => (host.hintedServers.some((id) => wanted.includes(id)) ? pass : refusal);
  },
  remedy: giveUp('without the hint same_host'),
};
