/** The records of quality of service: what ports may send and receive. */
import type { Tagged } from './network.ts';

/** From the guest, or to it. */
export type QosDirection = 'ingress' | 'egress';

/** The most that passes in a direction. */
export interface BandwidthLimit {
  readonly id: string;
  readonly kind: 'bandwidth_limit';
  readonly direction: QosDirection;
  /** Kilobits a second. */
  readonly maxKbps: number;
  /** Kilobits at once; 0: a share of the rate. */
  readonly maxBurstKbps: number;
}

/** The class of service that packets from a guest bear. */
export interface DscpMarking {
  readonly id: string;
  readonly kind: 'dscp_marking';
  readonly direction: 'egress';
  readonly dscpMark: number;
}

export type QosRule = BandwidthLimit | DscpMarking;

/** The kinds of rules. */
export type QosKind = QosRule['kind'];

/** Rules for the ports that have the policy, or whose network has it. */
export interface QosPolicy extends Tagged {
  readonly id: string;
  readonly isShared: boolean;
  /** Whether new networks of its project get it. */
  readonly isDefault: boolean;
  readonly rules: readonly QosRule[];
}
