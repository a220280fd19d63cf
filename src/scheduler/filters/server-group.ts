import { type Filter, giveUp, pass, reject } from './filter.ts';

const members = (n: number) => (n === 1 ? '1 member' : `${n} members`);

/** The host has other members of the server's group, if the group insists on one host and any are placed yet. */
export const serverGroupAffinityFilter: Filter = {
  name: 'ServerGroupAffinityFilter',
  checkFor: ({ group }) => {
    if (group?.policy !== 'affinity' || group.membersOn.size === 0) return undefined;
    const placed = [...group.membersOn.values()].reduce((sum, there) => sum + there, 0);
    const refusal = reject(`none of the ${members(placed)} of the server's group is there`);
    return ({ host }) => (group.membersOn.has(host) ? pass : refusal);
  },
  remedy: giveUp('without affinity'),
};

/** The host has fewer members of the server's group than one host may have, if the group insists on different hosts. */
export const serverGroupAntiAffinityFilter: Filter = {
  name: 'ServerGroupAntiAffinityFilter',
  checkFor: ({ group }) => {
    if (group?.policy !== 'anti-affinity' || group.membersOn.size === 0) return undefined;
    return ({ host }) => {
      const there = group.membersOn.get(host) ?? 0;
      if (there < group.maxServerPerHost) return pass;
      return reject(`${members(there)} of the server's group there, of at most ${group.maxServerPerHost}`);
    };
  },
  remedy: giveUp('without anti-affinity'),
};
