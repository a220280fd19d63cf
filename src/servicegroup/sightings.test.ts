import { expect, test } from 'vitest';
import { Sightings } from './sightings.ts';

const rules = { engine: 'the engine', settleMs: 5_000, downAfterSeconds: 60 };
const HOST = 'nova-compute:east';
const look = (present: readonly string[], incarnation = '1') => ({ present: new Set(present), incarnation });
const fresh = { silentSeconds: 10, forcedDown: false };
const stale = { silentSeconds: 300, forcedDown: false };

/** What is seen, second by second. */
function seen(...looks: readonly (readonly [second: number, what: ReturnType<typeof look> | 'away'])[]): Sightings {
  const sightings = new Sightings(rules);
  for (const [second, what] of looks)
    if (what === 'away') sightings.lose('it hangs', second * 1000);
    else sightings.take([HOST], what, second * 1000);
  return sightings;
}
const up = { isUp: true };

test.each([
  ['present, whatever its record says', seen([0, look([HOST])]), stale, up],
  ['gone for less than it may be', seen([0, look([HOST])], [96, look([])]), fresh, { isUp: true, reason: /^unknown: not in the engine/ }],
  ['gone for longer', seen([0, look([HOST])], [90, look([])]), fresh, { isUp: false, reason: /^not in the engine for 100 s$/ }],
  ['never seen, with heartbeats', seen([0, look([])], [90, look([])]), fresh, { isUp: true, reason: /not yet seen in the engine/ }],
  ['never seen, without', seen([0, look([])]), stale, { isUp: false, reason: /^no heartbeat for 300 s, .*not yet seen/ }],
  ['forgotten by an engine that was emptied', seen([0, look([HOST])], [90, look([], '2')]), fresh, { isUp: true, reason: /^unknown/ }],
  [
    'present when the engine was lost',
    seen([0, look([HOST])], [40, 'away']),
    fresh,
    { isUp: true, reason: /not answered for 60 s \(it hangs\)/ },
  ],
  ['dead while the engine is away', seen([0, look([HOST])], [40, 'away']), stale, { isUp: false, reason: /^no heartbeat for 300 s/ }],
  [
    'gone, then the engine too',
    seen([0, look([HOST])], [80, look([])], [95, 'away']),
    fresh,
    { isUp: false, reason: /^gone when last seen/ },
  ],
  ['heard since the engine was lost', seen([0, look([HOST])], [10, look([])], [20, 'away']), fresh, { isUp: true, reason: /^unknown/ }],
  ['missing since the engine came back', seen([0, look([HOST])], [50, 'away'], [90, look([])]), fresh, { isUp: true, reason: /^unknown/ }],
  ['back', seen([0, look([HOST])], [80, look([])], [95, look([HOST])]), fresh, up],
  ['forced down, though present', seen([0, look([HOST])]), { ...fresh, forcedDown: true }, { isUp: false, reason: /^forced down/ }],
])('a member that is %s', (_, sightings, recorded, { isUp, ...told }) => {
  const verdict = sightings.verdict(HOST, recorded, 100_000);
  expect(verdict.isUp).toBe(isUp);
  if ('reason' in told) expect(verdict.reason).toMatch(told.reason);
  else expect(verdict.reason).toBeUndefined();
});
