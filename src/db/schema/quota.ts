/** One limit that an operator set; -1 is without bound. */
export interface QuotaLimitsTable {
  class_name: string | null;
  project_id: string | null;
  /** Only with a project: what this user may have of the project's share. */
  user_id: string | null;
  resource: string;
  hard_limit: number;
}

export interface QuotaTables {
  quota_limits: QuotaLimitsTable;
}
