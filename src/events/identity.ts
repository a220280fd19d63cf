/** Events of domains, projects, users, roles and role assignments. Clients' own attributes (`extra`) are not included. */
import { Type as t } from '@sinclair/typebox';
import { eventType, orNull, snapshot } from './event-type.ts';

const named = { id: t.String(), name: t.String() };

const domain = snapshot(t.Object({ ...named, description: t.String(), enabled: t.Boolean() }), {
  subjectOf: ({ id }) => id,
  projectOf: () => null,
});
export const domainCreate = eventType('domain.create', domain);
export const domainUpdate = eventType('domain.update', domain);
export const domainDelete = eventType('domain.delete', domain);

const project = snapshot(
  t.Object({
    ...named,
    domainId: t.String(),
    description: t.String(),
    enabled: t.Boolean(),
    parentId: orNull(t.String()),
    tags: t.Array(t.String()),
  }),
  { subjectOf: ({ id }) => id, projectOf: ({ id }) => id },
);
export const projectCreate = eventType('project.create', project);
export const projectUpdate = eventType('project.update', project);
export const projectDelete = eventType('project.delete', project);

const user = snapshot(
  t.Object({
    ...named,
    domainId: t.String(),
    description: orNull(t.String()),
    email: orNull(t.String()),
    defaultProjectId: orNull(t.String()),
    enabled: t.Boolean(),
  }),
  { subjectOf: ({ id }) => id, projectOf: () => null },
);
export const userCreate = eventType('user.create', user);
export const userUpdate = eventType('user.update', user);
/** A change by the user, with the old password; one by an admin is a `user.update`. */
export const userChangePassword = eventType('user.changePassword', user);
export const userDelete = eventType('user.delete', user);

const role = snapshot(t.Object({ ...named, domainId: orNull(t.String()), description: t.String() }), {
  subjectOf: ({ id }) => id,
  projectOf: () => null,
});
export const roleCreate = eventType('role.create', role);
export const roleUpdate = eventType('role.update', role);
export const roleDelete = eventType('role.delete', role);

/** One role of one user in a project or in a domain. */
const roleAssignment = snapshot(
  t.Object({ userId: t.String(), roleId: t.String(), projectId: orNull(t.String()), domainId: orNull(t.String()) }),
  { subjectOf: ({ userId }) => userId, projectOf: ({ projectId }) => projectId },
);
export const roleAssignmentCreate = eventType('roleAssignment.create', roleAssignment);
export const roleAssignmentDelete = eventType('roleAssignment.delete', roleAssignment);

/** What it holds is not told. */
const credential = snapshot(t.Object({ id: t.String(), type: t.String(), userId: t.String(), projectId: orNull(t.String()) }), {
  subjectOf: ({ id }) => id,
  projectOf: ({ projectId }) => projectId,
});
export const credentialCreate = eventType('credential.create', credential);
export const credentialUpdate = eventType('credential.update', credential);
export const credentialDelete = eventType('credential.delete', credential);
