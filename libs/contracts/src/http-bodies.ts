/**
 * Bodies of the public HTTP contract: schema values, so that the types, the published OpenAPI documents and the tests that hold answers
 * against them are one thing.
 */
import { dimensions, groupings, measures, type Dimension, type Filters, type MeasureName } from '@landbridge/domain';
import Type, { type Static } from 'typebox';
import { problems, type ProblemCode } from './problems.js';

const problemCodes = Object.keys(problems) as ProblemCode[];
const measureNames = Object.keys(measures) as MeasureName[];

/** One rejected event of a batch. */
export const RejectedEvent = Type.Object({
  index: Type.Integer({ minimum: 0, description: 'From 0, in the order sent.' }),
  id: Type.Union([Type.String(), Type.Null()], { description: 'Null where the event has none that is readable.' }),
  code: Type.Unsafe<ProblemCode>(Type.Enum(problemCodes)),
  detail: Type.String(),
  path: Type.String({
    description:
      'JSONPath to the field at fault, from the event; line and column (or byte) where there is no such path.',
  }),
  rule: Type.Optional(Type.String({ description: 'The rule that was broken, by standard and section.' })),
  expected: Type.Optional(Type.String({ description: 'What would have been right.' })),
});
export type RejectedEvent = Readonly<Static<typeof RejectedEvent>>;

/** One amount that an event adds to a measure. */
export const CountedMeasure = Type.Object({
  measure: Type.Unsafe<MeasureName>(Type.Enum(measureNames)),
  value: Type.Number(),
  unit: Type.String({ description: 'Tonnes (t), yuan (CNY), pieces, trains, …' }),
  period: Type.Object({
    day: Type.String({ description: 'A period to ask statistics for: 2020-06-30, on the clock of the hub.' }),
    hour: Type.Integer({ minimum: 0, maximum: 23 }),
  }),
  dimensions: Type.Unsafe<{ readonly [dimension in Dimension]?: string }>(
    Type.Partial(Type.Object(Object.fromEntries(dimensions.map((name) => [name, Type.String()])))),
  ),
});
export type CountedMeasure = Readonly<Static<typeof CountedMeasure>>;

/** What an accepted event of a dry run would add, or why nothing. */
export const CountedEvent = Type.Object({
  index: Type.Integer({ minimum: 0, description: 'From 0, in the order sent.' }),
  id: Type.String(),
  subject: Type.String(),
  measures: Type.Unsafe<readonly CountedMeasure[]>(Type.Array(CountedMeasure)),
  reason: Type.Optional(Type.String({ description: 'Why it adds to no measure.' })),
});
export type CountedEvent = Readonly<Static<typeof CountedEvent>>;

/** Answer of `POST /v1/events`: 202 all accepted (or repeated), 207 some rejected, 422 none accepted. */
export const IngestAnswer = Type.Object({
  accepted: Type.Integer({ minimum: 0, description: 'Events confirmed by the log.' }),
  duplicates: Type.Integer({ minimum: 0, description: 'Repeats inside the same request, left out.' }),
  rejected: Type.Unsafe<readonly RejectedEvent[]>(Type.Array(RejectedEvent)),
  dryRun: Type.Optional(Type.Literal(true, { description: 'Stands only in answers to ?dryRun=true.' })),
  counted: Type.Optional(
    Type.Unsafe<readonly CountedEvent[]>(
      Type.Array(CountedEvent, { description: 'Of a dry run: what each event would add, rejected ones left out.' }),
    ),
  ),
  sandbox: Type.Optional(
    Type.Literal(true, { description: 'Stands only in answers to a sandbox key: nothing counts.' }),
  ),
});
export type IngestAnswer = Readonly<Static<typeof IngestAnswer>>;

/** Answer of `POST /v1/messages/{format}`: the same, and the format that the message was read as. */
export const MessageAnswer = Type.Object({
  ...IngestAnswer.properties,
  format: Type.String({ description: 'The format that was named, or the one that was recognised.' }),
  original: Type.Optional(
    Type.String({ description: 'Where the message is kept, byte for byte: GET /v1/originals/{original}.' }),
  ),
});
export type MessageAnswer = Readonly<Static<typeof MessageAnswer>>;

const share = (description: string) =>
  Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], { description });

/** Answer of `GET /v1/carriers/{id}/quality`. Parts of the score are shares; null where there is nothing to measure. */
export const CarrierQuality = Type.Object({
  carrier: Type.String(),
  from: Type.String({ description: 'First day of receipt, YYYY-MM-DD on the clock of the hub.' }),
  to: Type.String({ description: 'Last day of receipt.' }),
  score: Type.Union([Type.Number({ minimum: 0, maximum: 100 }), Type.Null()], {
    description: '100 x (0.4 acceptance + 0.3 timeliness + 0.2 completeness + 0.1 stability), to one decimal.',
  }),
  acceptance: share('Accepted events of all that were sent.'),
  timeliness: share('Actual events received within an hour.'),
  completeness: share('Milestones that were reported, of those that had to be.'),
  stability: share('Accepted events that are no corrections.'),
  counts: Type.Object({
    accepted: Type.Integer(),
    corrected: Type.Integer(),
    rejected: Type.Unsafe<Readonly<Record<string, number>>>(
      Type.Record(Type.String(), Type.Integer(), { description: 'By problem code.' }),
    ),
    lateness: Type.Array(
      Type.Object({
        seconds: Type.Union([Type.Integer(), Type.Null()], { description: 'Up to so late; null is later.' }),
        events: Type.Integer(),
      }),
    ),
    milestones: Type.Object({ expected: Type.Integer(), missing: Type.Integer() }),
  }),
});
export type CarrierQuality = Readonly<Static<typeof CarrierQuality>>;

const growth = Type.Optional(
  Type.Union([Type.Number(), Type.Null()], { description: 'A ratio: 0.215 is 21.5 %; null where the base is zero.' }),
);

export const StatisticsGroup = Type.Object({
  key: Type.Union([Type.String(), Type.Null()], { description: 'Null for what does not say.' }),
  value: Type.Number(),
  previous: Type.Optional(Type.Number()),
  growth,
});
export type StatisticsGroup = Readonly<Static<typeof StatisticsGroup>>;

/**
 * Answer of `GET /v1/statistics`. Values are decimal numbers with full precision in `unit`; `previous` and `growth` stand only when
 * `compare=previous-year` was asked.
 */
export const StatisticsAnswer = Type.Object({
  measure: Type.Unsafe<MeasureName>(Type.Enum(measureNames)),
  unit: Type.String({ description: 'Tonnes (t), yuan (CNY), pieces, trains, …' }),
  period: Type.String(),
  filters: Type.Unsafe<Filters>(
    Type.Partial(Type.Object(Object.fromEntries(groupings.map((name) => [name, Type.String()])))),
  ),
  value: Type.Number(),
  previous: Type.Optional(Type.Number()),
  growth,
  asOf: Type.String({ description: 'When the view was read, RFC 3339 in UTC.' }),
  groups: Type.Optional(
    Type.Unsafe<readonly StatisticsGroup[]>(
      Type.Array(StatisticsGroup, { description: 'Per value of the dimension asked with `by`, largest first.' }),
    ),
  ),
});
export type StatisticsAnswer = Readonly<Static<typeof StatisticsAnswer>>;
