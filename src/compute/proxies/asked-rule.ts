/** A rule as Nova's clients write it, as a rule of the network service: numbers may be text, -1 is any type of ICMP. */
import type { NewDefaultRule } from '../../network/api/default-rules.ts';
import type { NewRule } from '../../network/api/rules.ts';
import { BadIpProtocol, BadPortRange, RuleIncomplete } from './errors.ts';

/** Which ports an address range may reach. */
export interface AskedDefaultRule {
  readonly protocol?: unknown;
  readonly fromPort?: unknown;
  readonly toPort?: unknown;
  readonly cidr?: unknown;
}

/** Who may reach which ports of the group's members: an address range, or another group. */
export interface AskedRule extends AskedDefaultRule {
  readonly parentGroupId: string;
  readonly groupId?: string | null | undefined;
}

const protocols = ['tcp', 'udp', 'icmp'];
const EVERYWHERE = '0.0.0.0/0';

/** Throws what Nova answers with 400. */
export function ruleOf({ parentGroupId, groupId, ...asked }: AskedRule): NewRule {
  const rule = { groupId: parentGroupId, direction: 'ingress' } as const;
  if (isAbsent(groupId)) return { ...rule, ...defaultRuleOf(asked) };
  const peer = { ...rule, remoteGroupId: groupId ?? null };
  // A group may be let in as a whole; an address range needs its ports.
  return isWhole(asked) ? peer : { ...peer, ...allowedBy(asked) };
}

/** Throws what Nova answers with 400. */
export function defaultRuleOf(asked: AskedDefaultRule): NewDefaultRule {
  if (isWhole(asked)) throw RuleIncomplete({});
  return { ...rangeIn(asked.cidr), ...allowedBy(asked) };
}

const isWhole = ({ protocol, fromPort, toPort }: AskedDefaultRule) => [protocol, fromPort, toPort].every(isAbsent);

function allowedBy({ protocol, fromPort, toPort }: AskedDefaultRule) {
  const named = String(protocol).toLowerCase();
  if (!protocols.includes(named)) throw BadIpProtocol({ protocol: String(protocol) });
  return { protocol: named, ...portsIn(named, fromPort, toPort) };
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
