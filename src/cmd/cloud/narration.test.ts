import { expect, test } from 'vitest';
import { FIRST_POSITION, type LoggedEvent } from '../../objects/event-position.ts';
import { Narration } from './narration.ts';

const event = (type: string, second: number, more: Partial<LoggedEvent> = {}): LoggedEvent => ({
  position: FIRST_POSITION,
  sequence: 1,
  type,
  subject: 'id-1',
  projectId: 'p',
  requestId: 'req-1',
  initiator: null,
  at: new Date(Date.UTC(2026, 0, 1, 0, 0, 0, second * 1_000)),
  payload: { name: 'first' },
  ...more,
});

const told = (...events: readonly LoggedEvent[]) => {
  const narration = new Narration();
  return events.flatMap((one) => narration.tell(one)?.words ?? []);
};

test('an operation that takes time is one line, with its duration and without its parts', () => {
  const port = { requestId: 'req-1', payload: { name: '' } };
  expect(told(event('server.create.start', 1), event('port.create', 2, port), event('server.create.end', 13.4))).toEqual([
    'create server first: done in 12.4 s',
  ]);
});

test('a failure is told with its reason', () => {
  const payload = { name: 'first', fault: { code: 500, message: 'No valid host was found.' } };
  expect(told(event('server.create.start', 1), event('server.create.error', 2, { payload }))).toEqual([
    'create server first: failed after 1.0 s: No valid host was found.',
  ]);
  expect(told(event('server.trigger_crash_dump.error', 2))).toEqual(['trigger crash dump server first: failed']);
});

test('a change is one line; what has no name is told by its id', () => {
  expect(told(event('securityGroup.create', 1), event('port.delete', 2, { payload: { name: '' } }))).toEqual([
    'create security group first',
    'delete port id-1',
  ]);
});

test('what services report about themselves is not told', () => {
  expect(told(event('service.update', 1))).toEqual([]);
});
