/**
 * What the OpenAPI document of ingest tells of posting: parameters, answers with examples, and messages to begin with. Examples are checked
 * against the schemas by a test.
 */
import {
  jsonContent,
  problemContent,
  problemResponses,
  type CanonicalEvent,
  type IngestAnswer,
  type JsonObject,
  type MessageAnswer,
  type Problem,
  type ProblemCode,
} from '@landbridge/contracts';
import { messageFormats, samplesByFormat } from '@landbridge/formats';

export const exampleEvent = {
  specversion: '1.0',
  id: '2020-03-04-CV9721-arr',
  source: 'urn:carrier:demo',
  type: 'landbridge.air.event.v1',
  subject: 'CV9721-20200304',
  time: '2020-03-04T05:06:07+08:00',
  data: {
    classifier: 'actual',
    milestone: 'arrived',
    hub: 'CGO',
    corridor: 'air',
    direction: 'inbound',
    partner: 'LU',
    unit: { type: 'flight', id: 'CV9721-20200304' },
    quantities: { pieces: 812, weightGrams: 98_400_000 },
  },
} as const satisfies CanonicalEvent;

export const eventExamples = { arrival: { summary: 'A flight arrived with its cargo', value: exampleEvent } };

/** Parameters that every posting route takes. */
export const postParameters: readonly JsonObject[] = [
  {
    name: 'dryRun',
    in: 'query',
    description: 'Check and answer in the same way, publish nothing.',
    schema: { enum: ['true', 'false'] },
  },
  {
    name: 'Landbridge-Batch',
    in: 'header',
    description: '`rollback` publishes nothing when any event is rejected.',
    schema: { enum: ['proceed', 'rollback'], default: 'proceed' },
  },
  {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'Names the request: sent again with the same key, it is answered the same for a day, with `Idempotency-Replayed: true`.',
    schema: { type: 'string', minLength: 1, maxLength: 257 },
  },
  {
    name: 'Content-Encoding',
    in: 'header',
    description: 'The limit of the body holds for what it is expanded to.',
    schema: { enum: ['identity', 'gzip'], default: 'identity' },
  },
];

/** Problems that any posting route may end with. */
const postProblems: readonly ProblemCode[] = [
  'unreadable',
  'invalid_parameter',
  'empty_batch',
  'unauthenticated',
  'invalid_signature',
  'forbidden',
  'request_timeout',
  'body_too_large',
  'too_many_events',
  'request_in_progress',
  'unsupported_media_type',
  'rate_limited',
  'quota_exceeded',
  'internal',
  'keys_unavailable',
  'overloaded',
  'log_unavailable',
];

/** What refuses a whole request that could be read. */
const refusedWhole: readonly Problem[] = [
  { code: 'idempotency_key_reused', detail: 'the first request with this key had another content' },
  { code: 'body_too_complex', detail: 'the message takes longer to read than a request may' },
  { code: 'record_refused', detail: 'the event log takes no record of this size' },
];

/** The answer to a request of which nothing was accepted, with what this route says beside it. */
const noneAccepted = (schema: 'IngestAnswer' | 'MessageAnswer', beside: object): JsonObject =>
  jsonContent(schema, {
    answer: {
      value: {
        accepted: 0,
        duplicates: 0,
        rejected: [
          {
            index: 0,
            id: null,
            code: 'check_digit',
            detail: '172-41002313 is not a valid awb id',
            path: '$.data.unit.id',
            rule: 'IATA Resolution 600a, air waybill number',
            expected:
              'prefix and number, the last digit being the remainder of the seven before it by 7, such as 020-12345675',
          },
        ],
        ...beside,
      },
    },
  });

const answer = (description: string, value: IngestAnswer): JsonObject => ({
  description,
  content: jsonContent('IngestAnswer', { answer: { value } }),
});

export const postResponses = {
  202: answer('All are accepted, or repeats within the request: durable in the log.', {
    accepted: 1,
    duplicates: 0,
    rejected: [],
  }),
  207: answer('Some are rejected; the others are accepted.', {
    accepted: 1,
    duplicates: 0,
    rejected: [
      {
        index: 1,
        id: 'e-7',
        code: 'unknown_hub',
        detail: 'no hub has the code XXX',
        path: '$.data.hub',
        rule: 'Landbridge event v1, data.hub',
        expected: 'one of CGO',
      },
    ],
  }),
  ...problemResponses(postProblems),
  422: {
    description:
      'None is accepted (the answer as in 207), the body takes too much, the log refuses a record, or the idempotency key was used.',
    content: { ...noneAccepted('IngestAnswer', {}), ...problemContent(refusedWhole) },
  },
};

const messageAnswer = (description: string, value: MessageAnswer): JsonObject => ({
  description,
  content: jsonContent('MessageAnswer', { answer: { value } }),
});

const lostLineEnds: Problem = {
  code: 'invalid_message',
  detail: 'more follows the identifier, so the message has lost its line ends',
  path: 'line 1, column 7',
  rule: 'Cargo-IMP, standard message identification',
  expected: 'FSU/14 or another message identifier alone on its line',
};

export const messageResponses = {
  202: messageAnswer('All events of the message are accepted, or repeats within it: durable in the log.', {
    accepted: 3,
    duplicates: 0,
    rejected: [],
    format: 'cargo-imp',
    original: '4-17',
  }),
  207: messageAnswer('Some of its events are rejected; the others are accepted.', {
    accepted: 1,
    duplicates: 0,
    rejected: [
      {
        index: 1,
        id: null,
        code: 'time_missing',
        detail: 'FOH: the line has no date',
        path: 'line 4, column 5',
        rule: 'Cargo-IMP FSU, status details',
        expected: 'a day and a month such as 03MAR, with a time such as 03MAR0915',
      },
    ],
    format: 'cargo-imp',
    original: '7-0',
  }),
  ...problemResponses([...postProblems, 'unknown_format']),
  422: {
    description:
      'None of its events is accepted (the answer as in 207), the message is none of its format or takes too much, or its key was used.',
    content: {
      ...noneAccepted('MessageAnswer', { format: 'cargo-imp' }),
      ...problemContent([lostLineEnds, ...refusedWhole]),
    },
  },
};

/** JSON is shown as what it says, any other message as its text. */
const isJson = (type: string): boolean => /[/+]json$/.test(type);

/** The first valid sample of each format, once for each type under which it may be sent. */
const messageExamples = messageFormats.flatMap(({ name, title, contentTypes }) => {
  const { says, text } = samplesByFormat[name].find(({ valid }) => valid)!;
  return contentTypes.map((type) => {
    const value: unknown = isJson(type) ? JSON.parse(text) : text;
    return { type, name, example: { summary: title, description: says, value } };
  });
});

/** Every type under which a format's messages are sent, with examples, and any other. */
export const messageContent: JsonObject = {
  ...Object.fromEntries(
    Object.entries(Object.groupBy(messageExamples, ({ type }) => type)).map(([type, examples = []]) => [
      type,
      {
        schema: { type: isJson(type) ? ['object', 'array'] : 'string' },
        examples: Object.fromEntries(examples.map(({ name, example }) => [name, example])),
      },
    ]),
  ),
  '*/*': {},
};
