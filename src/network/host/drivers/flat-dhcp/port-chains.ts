/** Writes the chains of single ports: what the rules of their groups let in and out. Pure text. */
import type { HostPort, SecurityRule } from '../../driver.ts';
import { ANSWERS, NEIGHBOURS } from './host-filter.ts';
import { ruleMatch } from './security-rules.ts';

/** The two chains of a port. `metadata` is what every guest may ask. */
export const portChains = (port: HostPort, mark: number | undefined, metadata: string): string[] => [
  portChain('in', port, { mark, always: [] }),
  portChain('out', port, { mark, always: [metadata, ...ALWAYS_OUT] }),
];

/** What one port lets in or out; everything else is dropped. */
function portChain(
  way: 'in' | 'out',
  port: HostPort,
  { mark, always }: { readonly mark: number | undefined; readonly always: readonly string[] },
): string {
  const direction: SecurityRule['direction'] = way === 'in' ? 'ingress' : 'egress';
  const rules = port.rules.filter((rule) => rule.direction === direction).flatMap((rule) => ruleMatch(rule) ?? []);
  const lines = [
    ANSWERS,
    'ct state invalid drop',
    NEIGHBOURS,
    ...always,
    ...[...new Set(rules)].map((match) => `${match} accept`),
    'counter drop',
  ];
  return `chain ${way}_${mark} {\n    ${lines.join('\n    ')}\n  }`;
}

/** Beside metadata, DHCP and multicast reports are allowed whatever the rules. */
const ALWAYS_OUT = [
  'meta nfproto ipv4 udp sport 68 udp dport 67 accept',
  'meta nfproto ipv6 udp sport 546 udp dport 547 accept',
  'icmpv6 type { mld-listener-report, mld2-listener-report } accept',
];
