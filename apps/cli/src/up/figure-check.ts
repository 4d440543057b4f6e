/**
 * Whether the running system answers the published figures, asked where everybody asks.
 */
import type { StatisticsAnswer } from '@landbridge/contracts';
import { publishedFigures, type PublishedFigure } from '@landbridge/scenario';
import { bodyOf, probe } from '../http-probe.js';

/** A figure as it is answered now; undefined when there is no answer. */
export interface AnsweredFigure {
  readonly figure: PublishedFigure;
  readonly answer: StatisticsAnswer | undefined;
}

/** All published figures, asked at the same time. */
export function askFigures(statisticsUrl: string): Promise<AnsweredFigure[]> {
  return Promise.all(
    publishedFigures.map(async (figure) => {
      const answer = await probe(figureUrl(statisticsUrl, figure));
      return { figure, answer: bodyOf(answer) as StatisticsAnswer | undefined };
    }),
  );
}

/** The address at which a figure is asked. */
export function figureUrl(statisticsUrl: string, { measure, period, filters }: PublishedFigure): string {
  const query = new URLSearchParams({ measure, period, compare: 'previous-year', ...filters });
  // A slash is allowed in a query, and easier to read and to type.
  return `${statisticsUrl}/v1/statistics?${query.toString().replaceAll('%2F', '/')}`;
}

/** Whether an answer is the published figure: the value exactly, growth to the four decimals that are published. */
export function isPublished({ figure, answer }: AnsweredFigure): boolean {
  if (answer?.value !== figure.value) return false;
  return figure.growth === undefined || answer.growth?.toFixed(4) === figure.growth.toFixed(4);
}

/** One line on a figure: what it is, and what is answered. */
export function figureLine({ figure, answer }: AnsweredFigure): string {
  const { measure, period, filters } = figure;
  const name = [measure, period, ...Object.entries(filters).map(([filter, value]) => `${filter}=${value}`)].join(' ');
  if (answer === undefined) return `${name.padEnd(48)} no answer`;
  const growth =
    typeof answer.growth === 'number' ? `  ${answer.growth >= 0 ? '+' : ''}${(answer.growth * 100).toFixed(2)} %` : '';
  return `${name.padEnd(48)} ${answer.value.toLocaleString('en-US')} ${answer.unit}${growth}`;
}
