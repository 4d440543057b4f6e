import { describe, expect, it } from '@jest/globals';
import type { LogRecord } from './lane.js';
import { placesOf } from './record-places.js';

const recordAt = (topic: string, partition?: number): LogRecord => ({
  topic,
  key: 'k',
  value: 'v',
  ...(partition === undefined ? {} : { partition }),
});
const answerOf = (topicName: string, partition: number, baseOffset?: string) => ({
  topicName,
  partition,
  errorCode: 0,
  ...(baseOffset === undefined ? {} : { baseOffset }),
});
const sentOf = (topic: string, messages: LogRecord[]) => ({ topic, messages: messages as never });

describe('the places of a confirmed batch', () => {
  it('follow in each partition from the offset that the log named, in the order of the batch', () => {
    const [a, b, c, d] = [0, 3, 0, 0].map((partition) => recordAt('originals', partition));
    const sent = [sentOf('originals', [a!, b!, c!, d!]), sentOf('events', [recordAt('events')])];
    const answer = [
      answerOf('events', 0, '9'),
      answerOf('originals', 3, '70'),
      answerOf('originals', 0, '9007199254740993'),
    ];
    expect(placesOf(sent, answer)).toEqual(
      new Map([
        [a, { partition: 0, offset: 9_007_199_254_740_993n }],
        [b, { partition: 3, offset: 70n }],
        [c, { partition: 0, offset: 9_007_199_254_740_994n }],
        [d, { partition: 0, offset: 9_007_199_254_740_995n }],
      ]),
    );
  });

  it('are not asked for where no record names its partition', () => {
    expect(placesOf([sentOf('events', [recordAt('events')])], [answerOf('events', 0, '9')])).toBeUndefined();
  });

  it.each([
    ['the log named no offset', answerOf('originals', 1)],
    ['the log named no offset that exists', answerOf('originals', 1, '-1')],
    ['the log did not name the partition', answerOf('originals', 2, '5')],
  ])('are not guessed when %s', (_name, answer) => {
    expect(placesOf([sentOf('originals', [recordAt('originals', 1)])], [answer])).toBeUndefined();
  });
});
