/** The log of usage audits. Hosts here do not audit: usage is computed from the records of servers whenever it is asked for. */
import { Type as t } from '@sinclair/typebox';
import type { UsageAudit } from '../../../../compute/fleet/usage-api.ts';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { strictObject } from '../../../../lib/versioning/schema.ts';
import { InvalidInput } from '../../../../lib/versioning/validation.ts';
import { v } from '../../../../microversions.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';

type Deps = ComputeFaceDeps;

const count = t.Integer({ minimum: 0 });
const log = strictObject({
  hosts_not_run: t.Array(t.String()),
  log: strictObject({}),
  num_hosts: count,
  num_hosts_done: count,
  num_hosts_not_run: count,
  num_hosts_running: count,
  overall_status: t.String(),
  period_beginning: t.String(),
  period_ending: t.String(),
  total_errors: count,
  total_instances: count,
});

/** As Python prints a time. */
const printed = (time: Date): string => time.toISOString().slice(0, 19).replace('T', ' ');

const logOf = ({ begin, end, hosts }: UsageAudit) => ({
  hosts_not_run: [...hosts],
  log: {},
  num_hosts: hosts.length,
  num_hosts_done: 0,
  num_hosts_not_run: hosts.length,
  num_hosts_running: 0,
  overall_status: `${hosts.length === 0 ? 'ALL' : `0 of ${hosts.length}`} hosts done. 0 errors.`,
  period_beginning: printed(begin),
  period_ending: printed(end),
  total_errors: 0,
  total_instances: 0,
});

const FORM = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?$/;

/** The time in the path; clients write it as Python prints it. */
function timeIn(text: string): Date {
  const at = new Date(FORM.test(text) ? `${text.replace(' ', 'T')}Z` : Number.NaN);
  if (Number.isNaN(at.getTime())) throw InvalidInput({ message: `Invalid timestamp for date ${text}` });
  return at;
}

const noQuery = queryParams({}, { strict: { since: v.flavorNameFilter } });

/** The log of usage audits. */
export const auditLogRoutes = [
  route({
    method: 'GET',
    path: '/os-instance_usage_audit_log',
    summary: 'Show the usage audits of the last month.',
    query: noQuery,
    status: 200,
    answers: exactly(strictObject({ instance_usage_audit_logs: log })),
    handle: async ({ ctx }, { usage }: Deps) => ok({ instance_usage_audit_logs: logOf(await usage.audit(ctx, 'list')) }),
  }),
  route({
    method: 'GET',
    path: '/os-instance_usage_audit_log/{id}',
    summary: 'Show the usage audits of the month before a time.',
    policy: 'os_compute_api:os-instance-usage-audit-log:show',
    query: noQuery,
    status: 200,
    answers: exactly(strictObject({ instance_usage_audit_log: log })),
    handle: async ({ ctx, params }, { usage }: Deps) =>
      ok({ instance_usage_audit_log: logOf(await usage.audit(ctx, 'show', timeIn(params.id))) }),
  }),
];
