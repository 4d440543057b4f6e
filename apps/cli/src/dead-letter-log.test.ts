import { describe, expect, test } from '@jest/globals';
import { eventTopics, eventTypes } from '@landbridge/contracts';
import { problemNow } from './dead-letter-log.js';

const event = {
  specversion: '1.0',
  id: 'a',
  source: '/x',
  subject: 's',
  time: '2020-06-30T12:00:00Z',
  type: eventTypes.air,
  data: {
    classifier: 'actual',
    milestone: 'departed',
    hub: 'CGO',
    corridor: 'air',
    direction: 'outbound',
    unit: { type: 'flight', id: 'CV1' },
  },
};
const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe('what is said of a dead letter now', () => {
  test('nothing, where its original is an event of its topic', () => {
    expect(problemNow({ topic: eventTopics.air, value: bytes(event) })).toBeUndefined();
  });

  test.each([
    ['unreadable_record', eventTopics.air, null],
    ['unreadable_record', eventTopics.air, Buffer.from('{"specversion":')],
    ['invalid_event', eventTopics.air, bytes([])],
    ['unknown_hub', eventTopics.air, bytes({ ...event, data: { ...event.data, hub: 'ZZZ' } })],
    ['wrong_topic', eventTopics.rail, bytes(event)],
    ['wrong_topic', 'landbridge.carrier-keys.v1', bytes(event)],
  ])('%s on %s', (code, topic, value) => {
    expect(problemNow({ topic, value })).toMatchObject({ code });
  });
});
