/** The log of usage audits, which tell at the end of a period what each server was in it. */
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
  log: t.Record(t.String(), strictObject({ state: t.String(), instances: count, errors: count, message: t.String() })),
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

const isDone = (done: UsageAudit['done'], host: string): boolean => done.some((audit) => audit.host === host);

const entryOf = ({ host, servers }: UsageAudit['done'][number]) => ({
  state: 'DONE',
  instances: servers,
  errors: 0,
  message: `Instance usage audit ran for host ${host}, ${servers} instances.`,
});

const logOf = ({ begin, end, hosts, done }: UsageAudit) => ({
  hosts_not_run: hosts.filter((host) => !isDone(done, host)),
  log: Object.fromEntries(done.map((audit) => [audit.host, entryOf(audit)])),
  num_hosts: hosts.length,
  num_hosts_done: done.length,
  num_hosts_not_run: hosts.length - done.length,
  num_hosts_running: 0,
  overall_status: `${done.length === hosts.length ? 'ALL' : `${done.length} of ${hosts.length}`} hosts done. 0 errors.`,
  period_beginning: printed(begin),
  period_ending: printed(end),
  total_errors: 0,
  total_instances: done.reduce((sum, { servers }) => sum + servers, 0),
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
