/**
 * Owns the mark of a cloud on what it makes in a host's namespace. Several clouds may use one namespace: each changes only what bears its
 * own mark.
 */
import { createHash } from 'node:crypto';
import type { SeenLink } from './seen-links.ts';

const ALIAS_START = 'nova-ts:';

/** The names and numbers of one cloud in a namespace. */
export interface CloudMark {
  /** The alias of the bridge that it makes for a network. */
  alias(networkId: string): string;
  /** Whether it made the device. */
  isOurs(link: SeenLink): boolean;
  /** The name of its packet filters of a kind. */
  table(kind: string): string;
  /** Where it listens for its guests' metadata requests: one cloud alone could have port 80. */
  readonly metadataPort: number;
}

/** Above the ports that Linux gives to outgoing connections. */
const FIRST_METADATA_PORT = 61_000;
const LAST_METADATA_PORT = 65_535;

/** The mark of the cloud with this id. */
export function cloudMark(cloudId: string): CloudMark {
  const digest = createHash('sha256').update(cloudId).digest('hex').slice(0, 8);
  const start = `${ALIAS_START}${digest}:`;
  return {
    alias: (networkId) => `${start}${networkId}`,
    isOurs: ({ alias }) => alias.startsWith(start) || isOfEarlierRelease(alias),
    table: (kind) => `${kind}_${digest}`,
    metadataPort: FIRST_METADATA_PORT + (Number.parseInt(digest, 16) % (LAST_METADATA_PORT - FIRST_METADATA_PORT + 1)),
  };
}

/** Whether any cloud made the device. */
export const isOfACloud = (link: SeenLink): boolean => link.alias.startsWith(ALIAS_START);

/** Earlier releases named no cloud, for a namespace could have only one: theirs is taken over. */
const isOfEarlierRelease = (alias: string): boolean => alias.startsWith(ALIAS_START) && !alias.slice(ALIAS_START.length).includes(':');
