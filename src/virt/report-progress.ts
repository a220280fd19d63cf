import type { Transfer } from '../objects/live-migration.ts';

/** Reports progress from 0 to 100 percent, with an optional description of the current step. May be called often. */
export type ReportProgress = (percent: number, text?: string, transfer?: Transfer) => void;
