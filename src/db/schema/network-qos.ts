import type { ColumnType, Generated } from 'kysely';
import type { QosDirection, QosKind } from '../../objects/network-qos.ts';

type Time = ColumnType<Date, Date | undefined, Date>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;

export interface QosPoliciesTable {
  id: string;
  number: Generated<number>;
  project_id: string;
  name: string;
  description: Defaulted<string>;
  is_default: Defaulted<boolean>;
  tags: ColumnType<string[], readonly string[] | undefined, readonly string[]>;
  /** A trigger raises it with each change of the row. */
  revision_number: Generated<number>;
  created_at: Time;
  updated_at: Time;
}

/** A limit or a mark; the columns of the other kind are null. */
export interface QosRulesTable {
  id: string;
  number: Generated<number>;
  policy_id: string;
  kind: QosKind;
  direction: QosDirection;
  max_kbps: number | null;
  max_burst_kbps: number | null;
  dscp_mark: number | null;
}

export interface NetworkQosTables {
  qos_policies: QosPoliciesTable;
  qos_rules: QosRulesTable;
}
