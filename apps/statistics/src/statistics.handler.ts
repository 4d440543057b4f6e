/**
 * Answers questions for statistics, live from the view.
 *
 * Numbers are written out as decimal text and enter the body as they are (`JSON.rawJSON`), so that tonnes and yuan keep every digit also
 * where a JavaScript number would round; the growth ratio is a number by nature.
 */
import type { Problem, StatisticsAnswer } from '@landbridge/contracts';
import {
  decimalsOf,
  decimalText,
  formatPeriod,
  growthRatio,
  measures,
  previousYear,
  type MeasureName,
  type TallyResult,
  type ThroughputSource,
} from '@landbridge/domain';
import { parseQuestion, type Question } from './question.js';
import { readFigures, type FigureRequest } from './view-pass.js';

/** Below the two seconds that a caller is promised for a 503. */
const answerDeadlineMs = 1_500;

/** Questions read at the same time. Each holds some cells in memory; more than these only wait for one another. */
export const questionsInFlightMax = 32;

/** Groups of one answer, largest first: all partners fit, and a split by a carrier's free code cannot make an endless body. */
export const groupsMax = 500;

/** The answer of the contract with its exact numbers still as text; `JSON.stringify` writes them as JSON numbers. */
export type ExactAnswer = Exact<StatisticsAnswer>;
type Exact<T> = {
  readonly [K in keyof T]: K extends 'value' | 'previous' ? ExactNumber : K extends 'groups' ? ExactGroups : T[K];
};
type ExactGroups = readonly Exact<NonNullable<StatisticsAnswer['groups']>[number]>[];

/** A number by its text. */
export interface ExactNumber {
  readonly rawJSON: string;
}

// The compiler's libraries do not know it yet; Node does since 21. https://tc39.es/proposal-json-parse-with-source/
declare global {
  interface JSON {
    rawJSON(text: string): { readonly rawJSON: string };
  }
}

export type AnswerResult =
  | { readonly ok: true; readonly answer: ExactAnswer }
  | { readonly ok: false; readonly problem: Problem };

export class StatisticsHandler {
  private questionsInFlight = 0;

  /**
   * @param clock epoch milliseconds
   * @param onUnreadable hears why a question could not be read from the view; whoever asked is only told that it could not
   */
  constructor(
    private readonly source: ThroughputSource,
    private readonly clock: () => number,
    private readonly onUnreadable: (cause: unknown) => void,
  ) {}

  /** Answers the question in these query parameters. Problems: invalid_parameter, view_unavailable. */
  async answer(parameters: Readonly<Record<string, unknown>>): Promise<AnswerResult> {
    const parsed = parseQuestion(parameters);
    if (!parsed.ok) return parsed;
    if (this.questionsInFlight >= questionsInFlightMax)
      return unavailable(`${questionsInFlightMax} questions are being answered already`);
    this.questionsInFlight++;
    try {
      return await this.read(parsed.question);
    } finally {
      this.questionsInFlight--;
    }
  }

  private async read(question: Question): Promise<AnswerResult> {
    const { measure, filters, by, period, compare } = question;
    // Taken before the reads: everything that the view held at this moment is in the figures, and perhaps a little more.
    const asOf = new Date(this.clock()).toISOString();
    const query = { measure, filters, ...(by === undefined ? {} : { by }) };
    const requests: FigureRequest[] = [{ query, period }];
    if (compare) requests.push({ query, period: previousYear(period) });

    const pass = await readFigures(this.source, requests, answerDeadlineMs);
    if (!pass.ok) {
      this.onUnreadable(pass.cause);
      return unavailable('the figures could not be read in time');
    }
    const [current, previous] = pass.figures as [TallyResult, TallyResult | undefined];
    return {
      ok: true,
      answer: {
        measure,
        unit: measures[measure].unit,
        period: formatPeriod(period),
        filters,
        ...figures(measure, current.total, previous?.total),
        asOf,
        ...(current.groups && { groups: rankedGroups(measure, current.groups, previous?.groups) }),
      },
    };
  }
}

function unavailable(detail: string): AnswerResult {
  return { ok: false, problem: { code: 'view_unavailable', detail } };
}

function figures(
  measure: MeasureName,
  value: bigint,
  previous: bigint | undefined,
): Pick<ExactAnswer, 'value' | 'previous' | 'growth'> {
  if (previous === undefined) return { value: exactNumber(measure, value) };
  return {
    value: exactNumber(measure, value),
    previous: exactNumber(measure, previous),
    growth: growthRatio(value, previous),
  };
}

function exactNumber(measure: MeasureName, amount: bigint): ExactNumber {
  return JSON.rawJSON(decimalText(amount, decimalsOf(measure)));
}

/** Groups of either period, largest first; then by last year's figure, then by key, so that the order is always the same. */
function rankedGroups(
  measure: MeasureName,
  current: ReadonlyMap<string | null, bigint>,
  previous: ReadonlyMap<string | null, bigint> | undefined,
): ExactGroups {
  return [...new Set([...current.keys(), ...(previous?.keys() ?? [])])]
    .map((key) => ({ key, value: current.get(key) ?? 0n, previous: previous && (previous.get(key) ?? 0n) }))
    .filter((group) => group.value !== 0n || (group.previous ?? 0n) !== 0n)
    .toSorted(
      (a, b) =>
        compare(b.value, a.value) || compare(b.previous ?? 0n, a.previous ?? 0n) || compare(a.key ?? '', b.key ?? ''),
    )
    .slice(0, groupsMax)
    .map((group) => ({ key: group.key, ...figures(measure, group.value, group.previous) }));
}

function compare<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
