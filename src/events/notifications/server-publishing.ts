/** Notifications of servers in the formats that the configuration asks for: levels and publishers. */
import type { Notification, Telling } from './notification.ts';
import { serverOf } from './server-objects.ts';

/** A notification before the configuration decides who gets it. */
export interface Built {
  readonly eventType: string;
  readonly from: string;
  readonly isError: boolean;
  readonly payload: () => object;
}

/** The host that a server is on, in whose name its notifications are published. */
export const hostOf = (telling: Telling): string => serverOf(telling).host ?? telling.rules.host;

/** It with an object, if such are told. */
export const versioned = (telling: Telling, { eventType, from, isError, payload }: Built): readonly Notification[] => {
  const { formats, level, host } = telling.rules;
  if (!formats.includes('versioned')) return [];
  const publisherId = `${from}:${from === 'nova-compute' ? hostOf(telling) : host}`;
  return [{ format: 'versioned', eventType, priority: isError ? 'ERROR' : level, publisherId, payload: payload() }];
};

/** Its flat form, if such are told. */
export const unversioned = (
  { rules: { formats, level } }: Telling,
  { eventType, from, isError, payload }: Built,
): readonly Notification[] =>
  formats.includes('unversioned')
    ? [{ format: 'unversioned', eventType, priority: isError ? 'ERROR' : level, publisherId: from, payload: payload() }]
    : [];
