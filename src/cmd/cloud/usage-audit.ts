// Has the usage of servers audited, where the operator wants it: at the end of each period, by whichever conductor is first.
import { auditUsage } from '../../compute/fleet/usage-audit.ts';
import { repeat } from '../../lib/clock/periodic.ts';
import { auditingIn, type Auditing, MONTHLY } from '../../objects/audit-period.ts';
import type { NovaConfig } from '../nova-config.ts';
import type { Shared } from './shared.ts';

/** How often a conductor looks whether a period is over. */
const LOOK_EVERY_MS = 60_000;

/** The periods that are configured; the option accepts no others. */
export const auditingOf = ({ DEFAULT }: Pick<NovaConfig, 'DEFAULT'>): Auditing =>
  auditingIn(DEFAULT.instance_usage_audit_period) ?? MONTHLY;

/** Starts to audit at the end of each period, if it is configured. */
export function startUsageAudits({ db, runtime }: Pick<Shared, 'db' | 'runtime'>): void {
  const { clock, ids, log, life, config } = runtime;
  if (!config.DEFAULT.instance_usage_audit) return;
  const run = () => auditUsage({ db, ids, clock }, auditingOf(config));
  const work = { name: 'the audit of usage', everyMs: LOOK_EVERY_MS, run };
  life.run(work.name, repeat(work, { clock, log, signal: life.signal }));
}
