/** The options of usage audits, which are among those of `[DEFAULT]`. */
import { option } from '../lib/config/option.ts';
import { boolean, checked } from '../lib/config/value-type.ts';
import { auditingIn, MONTHLY } from '../objects/audit-period.ts';

const period = checked('period', (value) =>
  auditingIn(value) ? undefined : 'is neither hour, day, month nor year, with or without an offset such as month@15',
);

export const usageAudits = {
  instance_usage_audit: option(boolean(), {
    default: false,
    help: 'Whether each server is told by an event, and a notification, at the end of each period in which it ran.',
  }),
  instance_usage_audit_period: option(period, {
    default: MONTHLY.unit,
    help: 'That period: hour, day, month or year; month@15 begins on the 15th.',
  }),
};
