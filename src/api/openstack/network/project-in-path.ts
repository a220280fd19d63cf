import { InvalidInput } from '../../../lib/versioning/validation.ts';

/** The id of a project in a path. Only the identity service knows which projects exist, so only the format is checked here. */
export function projectOf({ project_id }: { readonly project_id: string }): string {
  if (/^[\w.:-]{1,255}$/.test(project_id)) return project_id;
  throw InvalidInput({ message: `Invalid input for project_id. Reason: '${project_id}' is no id of a project.` });
}
