import { type Filter, giveUp, pass, reject } from './filter.ts';

/** The host is the one that an admin requested, if any. */
export const requestedHostFilter: Filter = {
  name: 'RequestedHostFilter',
  onRebuild: true,
  checkFor: ({ requestedHost }) => {
    if (requestedHost === null) return undefined;
    return ({ host }) => (requestedHost === host ? pass : reject('another host was asked for'));
  },
  remedy: giveUp('without asking for a host'),
};
