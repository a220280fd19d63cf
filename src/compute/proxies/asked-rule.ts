/** A rule as Nova's clients write it, as a rule of the network service: numbers may be text, -1 is any type of ICMP. */
import type { NewRule } from '../../network/api/rules.ts';
import { BadIpProtocol, BadPortRange, RuleIncomplete } from './errors.ts';

/** Who may reach which ports of the group's members: an address range, or another group. */
export interface AskedRule {
  readonly parentGroupId: string;
  readonly groupId?: string | null | undefined;
  readonly protocol?: unknown;
  readonly fromPort?: unknown;
  readonly toPort?: unknown;
  readonly cidr?: unknown;
}

const protocols = ['tcp', 'udp', 'icmp'];
const EVERYWHERE = '0.0.0.0/0';

/** Throws what Nova answers with 400. */
export function ruleOf({ parentGroupId, groupId, protocol, fromPort, toPort, cidr }: AskedRule): NewRule {
  const rule = { groupId: parentGroupId, direction: 'ingress' } as const;
  const isWhole = isAbsent(protocol) && isAbsent(fromPort) && isAbsent(toPort);
  // A group may be let in as a whole; an address range needs its ports.
  if (isWhole && isAbsent(groupId)) throw RuleIncomplete({});
  const peer = isAbsent(groupId) ? rangeIn(cidr) : { remoteGroupId: groupId ?? null };
  if (isWhole) return { ...rule, ...peer };
  const named = String(protocol).toLowerCase();
  if (!protocols.includes(named)) throw BadIpProtocol({ protocol: String(protocol) });
  return { ...rule, ...peer, protocol: named, ...portsIn(named, fromPort, toPort) };
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

function rangeIn(cidr: unknown) {
  const remoteCidr = isAbsent(cidr) || cidr === '' ? EVERYWHERE : String(cidr);
  return { remoteCidr, ethertype: remoteCidr.includes(':') ? ('IPv6' as const) : ('IPv4' as const) };
}

function portsIn(protocol: string, fromPort: unknown, toPort: unknown) {
  const bad = BadPortRange({ from: String(fromPort), to: String(toPort) });
  const [from, to] = [fromPort, toPort].map((port) => (/^-?\d{1,5}$/.test(String(port)) ? Number(port) : Number.NaN));
  if (from === undefined || to === undefined || Number.isNaN(from) || Number.isNaN(to)) throw bad;
  if (protocol === 'icmp') {
    if (from < -1 || from > 255 || to < -1 || to > 255) throw bad;
    return { portMin: from < 0 ? null : from, portMax: to < 0 ? null : to };
  }
  if (from < 1 || to > 65_535 || from > to) throw bad;
  return { portMin: from, portMax: to };
}
