/** What the books said of a host when it was last brought in line with them: by it the host knows whether a change concerns it. */
import type { PortId } from '../../objects/ids.ts';
import type { Concern } from '../rpcapi.ts';
import type { RulesWithMembers } from './books.ts';
import type { HostBooks } from './networking.ts';

export class CarriedBooks {
  #books: HostBooks;

  constructor(books: HostBooks) {
    this.#books = books;
  }

  /** Adds ports that were plugged, with what was read for them. */
  plugged(read: HostBooks): void {
    const { ports, networks, subnets, rules, policies } = this.#books;
    this.#books = {
      ...this.#books,
      ports: merged(ports, read.ports),
      networks: merged(networks, read.networks),
      subnets: merged(subnets, read.subnets),
      rules: merged(rules, read.rules),
      policies: merged(policies, read.policies),
    };
  }

  unplugged(ids: readonly PortId[]): void {
    this.#books = { ...this.#books, ports: this.#books.ports.filter(({ id }) => !ids.includes(id)) };
  }

  /** What of the host a change may touch: rules of its ports alone, more than that, or nothing. */
  concernOf({ networkIds, groupIds }: Concern): 'more' | 'rules' | 'nothing' {
    if (this.#books.networks.some(({ id }) => networkIds.includes(id))) return 'more';
    const named = this.#books.rules.flatMap(({ remoteGroupId }) => remoteGroupId ?? []);
    return [...this.groupIds, ...named].some((id) => groupIds.includes(id)) ? 'rules' : 'nothing';
  }

  /** The security groups of its ports. */
  get groupIds(): readonly string[] {
    return [...new Set(this.#books.ports.flatMap(({ securityGroupIds }) => securityGroupIds))];
  }

  /** The books with other rules; nothing else has changed. */
  withRules(rules: RulesWithMembers): HostBooks {
    this.#books = { ...this.#books, ...rules };
    return this.#books;
  }
}

/** The items of both lists; of one that is in both, the newer. */
function merged<Item extends { readonly id: string }>(older: readonly Item[], newer: readonly Item[]): readonly Item[] {
  const ids = new Set(newer.map(({ id }) => id));
  return [...older.filter(({ id }) => !ids.has(id)), ...newer];
}
