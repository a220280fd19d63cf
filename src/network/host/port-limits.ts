/** Computes from the books what a port may send and receive: its own policy comes before that of its network. Pure. */
import type { Network, Port } from '../../objects/network.ts';
import type { QosPolicy } from '../../objects/network-qos.ts';
import type { HostPort } from './driver.ts';

/** Undefined when nothing limits or marks it. */
export function limitsOf(port: Port, network: Network | undefined, policies: readonly QosPolicy[]): Pick<HostPort, 'limits'> {
  const id = port.qosPolicyId ?? network?.qosPolicyId;
  const rules = policies.find((policy) => policy.id === id)?.rules ?? [];
  if (rules.length === 0) return {};
  const limits: {
    ingress?: { maxKbps: number; maxBurstKbps: number };
    egress?: { maxKbps: number; maxBurstKbps: number };
    dscpMark?: number;
  } = {};
  for (const rule of rules) {
    if (rule.kind === 'dscp_marking') limits.dscpMark = rule.dscpMark;
    else limits[rule.direction] = { maxKbps: rule.maxKbps, maxBurstKbps: rule.maxBurstKbps };
  }
  return { limits };
}
