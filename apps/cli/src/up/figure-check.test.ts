import { describe, expect, test } from '@jest/globals';
import type { StatisticsAnswer } from '@landbridge/contracts';
import { publishedFigures } from '@landbridge/scenario';
import { figureLine, figureUrl, isPublished } from './figure-check.js';

const air = publishedFigures[0]!;
const answerOf = (value: number, growth?: number | null): StatisticsAnswer => ({
  measure: 'air.weight',
  unit: 't',
  period: '2020-H1',
  filters: {},
  value,
  ...(growth === undefined ? {} : { growth }),
  asOf: '2024-01-01T00:00:00Z',
});

describe('a published figure', () => {
  test('is answered when the value is exact and growth rounds to four decimals', () => {
    expect(isPublished({ figure: air, answer: answerOf(255_000, 0.2149999999992853) })).toBe(true);
    expect(isPublished({ figure: air, answer: answerOf(255_000, 0.2148) })).toBe(false);
    expect(isPublished({ figure: air, answer: answerOf(254_999.999999, 0.215) })).toBe(false);
    expect(isPublished({ figure: air, answer: answerOf(255_000, null) })).toBe(false);
    expect(isPublished({ figure: air, answer: answerOf(255_000) })).toBe(false);
    expect(isPublished({ figure: air, answer: undefined })).toBe(false);
  });

  test('is asked for with its filters, a range of months readable as it is', () => {
    const urls = publishedFigures.map((figure) => figureUrl('http://h:1', figure));
    expect(urls[0]).toBe('http://h:1/v1/statistics?measure=air.weight&period=2020-H1&compare=previous-year');
    expect(urls).toContain(
      'http://h:1/v1/statistics?measure=rail.containers&period=2020-H1&compare=previous-year&brand=cainiao',
    );
    expect(urls).toContain(
      'http://h:1/v1/statistics?measure=cbec.parcels&period=2020-01/2020-08&compare=previous-year',
    );
  });

  test('is told in one line', () => {
    expect(figureLine({ figure: air, answer: answerOf(255_000, 0.2149999999992853) })).toMatch(
      /^air\.weight 2020-H1 +255,000 t {2}\+21\.50 %$/,
    );
    expect(figureLine({ figure: air, answer: undefined })).toContain('no answer');
  });
});
