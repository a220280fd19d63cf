import type { Context } from '../lib/context/context.ts';
import { withImplied } from './roles.ts';

/** The target of the request, by the names that rules use: `project_id`, `user_id`. */
export type Target = Readonly<Record<string, unknown>>;

/** A parsed rule, evaluated for a caller and a target. */
export type Check = (ctx: Context, target: Target) => boolean;

export const always: Check = () => true;
export const never: Check = () => false;
export const not =
  (check: Check): Check =>
  (ctx, target) =>
    !check(ctx, target);
export const allOf =
  (checks: readonly Check[]): Check =>
  (ctx, target) =>
    checks.every((check) => check(ctx, target));
export const anyOf =
  (checks: readonly Check[]): Check =>
  (ctx, target) =>
    checks.some((check) => check(ctx, target));

/** `role:<name>`, where the name may be `%(key)s`. */
export const hasRole =
  (match: string): Check =>
  (ctx, target) => {
    const role = filledIn(match, target);
    return role !== undefined && withImplied(ctx.roles).has(role.toLowerCase());
  };

/** `<left>:<match>`: the left side is a fact about the caller, or a literal in quotes; the right side a literal or `%(key)s`. */
export const matches = (left: string, match: string): Check => {
  const literal = /^(["'])(.*)\1$/.exec(left)?.[2];
  const read = literal === undefined ? (facts[left] ?? (() => undefined)) : () => literal;
  return (ctx, target) => {
    const wanted = filledIn(match, target);
    const value = read(ctx);
    return wanted !== undefined && value !== undefined && value !== null && wanted === String(value);
  };
};

/** The caller's attributes that rules may test. Booleans are spelt as in oslo.policy: True, False. */
export const facts: Readonly<Record<string, (ctx: Context) => string | null | undefined>> = {
  user_id: (ctx) => ctx.userId,
  project_id: (ctx) => ctx.projectId,
  tenant_id: (ctx) => ctx.projectId,
  domain_id: (ctx) => ctx.domainId,
  'token.project.domain.id': (ctx) => ctx.projectDomainId,
  user_name: (ctx) => ctx.userName,
  project_name: (ctx) => ctx.projectName,
  is_admin: (ctx) => (ctx.isAdmin ? 'True' : 'False'),
};

/** The text with `%(key)s` replaced from the target; undefined when the target lacks the key. */
function filledIn(match: string, target: Target): string | undefined {
  let complete = true;
  const filled = match.replace(/%\(([^)]+)\)s/g, (_whole, key: string) => {
    const value = Object.hasOwn(target, key) ? target[key] : undefined;
    if (value === undefined || value === null) complete = false;
    return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
  });
  return complete ? filled : undefined;
}
