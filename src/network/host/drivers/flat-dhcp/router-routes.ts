/** The routes of a router's namespace. */
import { Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { HostRouter } from '../../host-router.ts';
import { commandSucceeds, type HostShell } from '../../shell/host-shell.ts';
import { type Route, routesOf, routeSteps } from './router-plan.ts';

const shownRoutes = t.Array(t.Object({ dst: t.String(), gateway: t.Optional(t.String()) }));

/** A next hop that is on none of the carried networks has no route: the rest is set all the same. */
export async function correctRoutes(router: HostRouter, shell: HostShell): Promise<boolean> {
  const wanted = routesOf(router);
  let isChanged = false;
  for (const version of [4, 6] as const) {
    const steps = routeSteps(wanted, await seeRoutes(shell, version), version);
    for (const step of steps) {
      const isDone = await commandSucceeds(shell, 'ip', [`-${version}`, ...step.split(' ')]);
      isChanged ||= isDone;
    }
  }
  return isChanged;
}

async function seeRoutes(shell: HostShell, version: 4 | 6): Promise<readonly Route[]> {
  const { stdout } = await shell.run('ip', [`-${version}`, '-json', 'route', 'show']);
  return Value.Parse(shownRoutes, JSON.parse(stdout || '[]')).flatMap(({ dst, gateway }) =>
    gateway === undefined ? [] : [{ to: dst, via: gateway }],
  );
}
