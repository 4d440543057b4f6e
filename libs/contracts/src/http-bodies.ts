/**
 * Bodies of the public HTTP contract.
 */
import type { Filters, MeasureName } from '@landbridge/domain';
import type { ProblemCode } from './problems.js';

/** One rejected event of a batch. `index` counts from 0 in the order sent; `id` is null where the event has none that is readable. */
export interface RejectedEvent {
  readonly index: number;
  readonly id: string | null;
  readonly code: ProblemCode;
  readonly detail: string;
  /** JSONPath to the field at fault, from the event; line and column (or byte) where the event cannot be read at all. */
  readonly path: string;
}

/** Answer of `POST /v1/events`: 202 all accepted (or repeated), 207 some rejected, 422 none accepted. */
export interface IngestAnswer {
  /** Events confirmed by the log. */
  readonly accepted: number;
  /** Repeats inside the same request, left out. */
  readonly duplicates: number;
  readonly rejected: readonly RejectedEvent[];
  /** Stands, as true, only in the answer to `?dryRun=true`: nothing was published. */
  readonly dryRun?: true;
}

/**
 * Answer of `GET /v1/statistics`. Values are decimal numbers with full precision in `unit`; `previous` and `growth` stand only when
 * `compare=previous-year` was asked, growth as a ratio (0.215 is 21.5 %), null where the base is zero.
 */
export interface StatisticsAnswer {
  readonly measure: MeasureName;
  readonly unit: string;
  readonly period: string;
  /** The filters that were asked, as query parameters. */
  readonly filters: Filters;
  readonly value: number;
  readonly previous?: number;
  readonly growth?: number | null;
  /** When the view was read, RFC 3339 in UTC. */
  readonly asOf: string;
  /** Per value of the dimension asked with `by`, largest first; an absent value is null. */
  readonly groups?: readonly StatisticsGroup[];
}

export interface StatisticsGroup {
  readonly key: string | null;
  readonly value: number;
  readonly previous?: number;
  readonly growth?: number | null;
}
