import { serverSnapshot } from '../../../events/servers.ts';
import { rowSnapshot } from '../../sql/row-snapshot.ts';
import { type RowEvent, rowEvent } from '../cloud/row-events.ts';

/** An event of the server in `alias`, for EVENT_COLUMNS. A fault includes the message for the owner, not the details for operators. */
export const serverEvent = (alias: string, event: Omit<RowEvent, 'payload'>) =>
  rowEvent(alias, {
    ...event,
    payload: rowSnapshot(serverSnapshot, alias, { fault: `${alias}.fault - '{details,createdAt}'::text[]` }),
  });
