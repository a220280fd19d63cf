import { RevisionNumberConstraintFailed } from '../errors.ts';

/** What a client expects of what it changes. */
export interface Expecting {
  /** The revision that it saw. Left out: any. */
  readonly revision?: number;
}

/** Throws RevisionNumberConstraintFailed if it has changed since the client saw it. The caller has locked it. */
export function refuseOutdated({ revision }: Expecting, now: { readonly revisionNumber: number } | undefined): void {
  if (revision === undefined || now === undefined || now.revisionNumber === revision) return;
  throw RevisionNumberConstraintFailed({ expected: revision, current: now.revisionNumber });
}
