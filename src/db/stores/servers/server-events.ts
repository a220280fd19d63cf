import { sql } from 'kysely';
import { type BegunWork, serverSnapshot } from '../../../events/servers.ts';
import { rowSnapshot } from '../../sql/row-snapshot.ts';
import { type RowEvent, rowEvent } from '../cloud/row-events.ts';

/** A fault includes the message for the owner and the name of the error, not the details for operators. */
const shownFault = (alias: string): string =>
  `${alias}.fault - '{details,createdAt}'::text[] || jsonb_build_object('error', substring(${alias}.fault ->> 'details' FROM '^(\\w+): '))`;

/** An event of the server in `alias`, for EVENT_COLUMNS; at the start of an operation with what begins. */
export const serverEvent = (alias: string, { work, ...event }: Omit<RowEvent, 'payload'> & { readonly work?: BegunWork }) => {
  const server = rowSnapshot(serverSnapshot, alias, { fault: shownFault(alias) });
  return rowEvent(alias, { ...event, payload: work ? sql<string>`${server} || ${JSON.stringify({ work })}::jsonb` : server });
};
