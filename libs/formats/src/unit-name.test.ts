import { expect, test } from '@jest/globals';
import { eventIdFrom, unitNameOf } from './unit-name.js';
import { unknownMilestone } from './unknown-milestone.js';

test('a unit is named as it is, or by a hash where that is no name', () => {
  expect(unitNameOf('https://1r.example.com/logistics-objects/4711')).toBe(
    'https://1r.example.com/logistics-objects/4711',
  );
  expect(unitNameOf('x'.repeat(80))).toHaveLength(80);
  expect(unitNameOf('x'.repeat(81))).toMatch(/^iri:[0-9a-f]{40}$/);
  expect(unitNameOf('a\nb')).toMatch(/^iri:/);
  expect(unitNameOf('x'.repeat(81))).not.toBe(unitNameOf('x'.repeat(82)));
});

test('an event id is kept, or hashed where it is no id', () => {
  expect(eventIdFrom('dcsa', 'evt-1')).toBe('evt-1');
  expect(eventIdFrom('dcsa', 'x'.repeat(500))).toMatch(/^dcsa:[0-9a-f]{40}$/);
  expect(eventIdFrom('dcsa', '')).toMatch(/^dcsa:/);
});

test.each([
  ['STUF', 'dcsa-stuf'],
  ['DOOR_OPENED', 'dcsa-door-opened'],
  ['GEOFENCE entry!', 'dcsa-geofence-entry'],
  ['__', 'dcsa-none'],
  ['x'.repeat(10_000), `dcsa-${'x'.repeat(27)}`],
])('the milestone of the unknown status %j is %s', (status, milestone) => {
  expect(unknownMilestone('dcsa', status)).toBe(milestone);
});
