export type { WorkflowReportsTable, WorkflowStepsTable, WorkflowsTable, WorkflowTables } from '../../lib/workflow/tables.ts';
