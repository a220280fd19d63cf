/** What the definitions of all guests of a host have in common. */
import type { DomainParts } from './definition/domain-parts.ts';
import type { GuestDirectories, GuestPaths } from './guest-directory.ts';

/** How a host runs its guests, and where it keeps them. */
export interface GuestHost extends Pick<DomainParts, 'virtType' | 'cpu' | 'screens'> {
  readonly directories: GuestDirectories;
}

/** The parts of a guest's definition that follow from its host and from its directory there. */
export const hostParts = ({ virtType, cpu, screens, directories: { home } }: GuestHost, { consoleLog, nvram }: GuestPaths) => ({
  virtType,
  cpu,
  screens,
  home,
  consoleLog,
  nvram,
});
