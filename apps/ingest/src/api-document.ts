/** The OpenAPI document of ingest: the door for carriers. What it tells of posting stands in `api-posting.ts`. */
import {
  apiDocument,
  CanonicalEvent,
  CarrierQuality,
  EventData,
  IngestAnswer,
  jsonContent,
  problemResponses,
  schemaRef,
  type JsonObject,
  MessageAnswer,
  type ProblemCode,
} from '@landbridge/contracts';
import { messageFormats } from '@landbridge/formats';
import {
  eventExamples,
  exampleEvent,
  messageContent,
  messageResponses,
  postParameters,
  postResponses,
} from './api-posting.js';

/** How a carrier may show who it is: any one of these. */
const carrierSecurity: readonly JsonObject[] = [{ apiKey: [] }, { signature: [], signingKey: [] }, { oauth: [] }];

/** Problems that any route which reads may end with. */
const readProblems: readonly ProblemCode[] = [
  'unauthenticated',
  'invalid_signature',
  'forbidden',
  'not_found',
  'rate_limited',
  'internal',
  'keys_unavailable',
  'log_unavailable',
];

const anyJson = (type: string): JsonObject => ({ [type]: { schema: { type: 'object' } } });

export const ingestApi = apiDocument({
  service: 'ingest',
  description: [
    'The door for carriers. What is answered with 202 is durable; an event counts once however often it is sent.',
    'Every rejected event is explained with its index, a code, and the place of the fault.',
    'An `actual` event has happened: one later than ten minutes after its receipt is rejected as `future_time`. Plans may lie ahead.',
  ].join('\n\n'),
  schemas: {
    CarrierQuality,
    CanonicalEvent,
    EventData,
    IngestAnswer,
    MessageAnswer,
  },
  securitySchemes: {
    apiKey: {
      type: 'http',
      scheme: 'bearer',
      description: 'The API key of a carrier, from `landbridge carriers add`.',
    },
    oauth: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'A token of the OAuth2 server that the hub names, where it takes tokens.',
    },
    signature: {
      type: 'apiKey',
      in: 'header',
      name: 'webhook-signature',
      description: 'Standard Webhooks 1.0.0, `v1` or `v1a`, with `webhook-id` and `webhook-timestamp` beside it.',
    },
    signingKey: {
      type: 'apiKey',
      in: 'header',
      name: 'Landbridge-Key',
      description: 'The id of the key that made the signature.',
    },
  },
  paths: {
    '/v1/events': {
      post: {
        operationId: 'postEvents',
        summary: 'Post events in the canonical form (CloudEvents)',
        tags: ['posting'],
        security: carrierSecurity,
        parameters: postParameters,
        requestBody: {
          required: true,
          content: {
            'application/cloudevents+json': { schema: schemaRef('CanonicalEvent'), examples: eventExamples },
            'application/cloudevents-batch+json': {
              schema: { type: 'array', items: schemaRef('CanonicalEvent') },
              examples: { batch: { value: [exampleEvent] } },
            },
            'application/x-ndjson': {
              schema: { type: 'string', description: 'One event a line.' },
              examples: { lines: { value: `${JSON.stringify(exampleEvent)}\n` } },
            },
            'application/json': {
              schema: schemaRef('EventData'),
              examples: { binaryMode: { summary: 'Attributes in ce- headers', value: exampleEvent.data } },
            },
          },
        },
        responses: postResponses,
      },
    },
    '/v1/messages/{format}': {
      post: {
        operationId: 'postMessage',
        summary: 'Post a message in a format of your own',
        description: 'The body is the message, byte for byte. With `auto` its format is recognised by its content.',
        tags: ['posting'],
        security: carrierSecurity,
        parameters: [
          {
            name: 'format',
            in: 'path',
            required: true,
            description: 'How the message is to be read.',
            schema: { enum: [...messageFormats.map(({ name }) => name), 'auto'] },
          },
          ...postParameters,
        ],
        requestBody: { required: true, content: messageContent },
        responses: messageResponses,
      },
    },
    '/v1/carriers/{id}/quality': {
      get: {
        operationId: 'carrierQuality',
        summary: 'How good your data was over the last days, and how that adds up to a score',
        tags: ['data quality'],
        security: carrierSecurity,
        parameters: [
          {
            name: 'id',
            in: 'path',
            required: true,
            description: 'The carrier of the key.',
            schema: { type: 'string' },
          },
          {
            name: 'days',
            in: 'query',
            description: 'Days of receipt, today included, on the clock of the hub.',
            schema: { type: 'integer', minimum: 1, maximum: 92, default: 30 },
          },
        ],
        responses: {
          200: { description: 'The counts and the score.', content: jsonContent('CarrierQuality') },
          ...problemResponses(['invalid_parameter', ...readProblems, 'view_unavailable']),
        },
      },
    },
    '/v1/originals/{place}': {
      get: {
        operationId: 'original',
        summary: 'A message as you sent it, byte for byte',
        tags: ['posting'],
        security: carrierSecurity,
        parameters: [
          {
            name: 'place',
            in: 'path',
            required: true,
            description:
              '`original` of the answer to the post, or `data.original.at` of an event: partition and offset.',
            schema: { type: 'string', pattern: '^[0-9]{1,5}-[0-9]{1,19}$' },
          },
        ],
        responses: {
          200: {
            description: 'The bytes, under the content type that they were sent with.',
            headers: {
              ETag: { description: 'SHA-256 of the bytes, hex.', schema: { type: 'string' } },
              'Repr-Digest': { description: 'The same by RFC 9530.', schema: { type: 'string' } },
              'Landbridge-Format': { description: 'The format that it was read as.', schema: { type: 'string' } },
            },
            content: { '*/*': {} },
          },
          ...problemResponses([...readProblems, 'overloaded']),
        },
      },
    },
    '/asyncapi.json': {
      get: {
        operationId: 'topics',
        summary: 'The topics that services subscribe to (AsyncAPI 3)',
        tags: ['documentation'],
        responses: { 200: { description: 'AsyncAPI 3.', content: anyJson('application/json') } },
      },
    },
    '/schemas/event.v1.json': {
      get: {
        operationId: 'eventSchema',
        summary: 'The canonical event (JSON Schema 2020-12)',
        tags: ['documentation'],
        responses: { 200: { description: 'JSON Schema.', content: anyJson('application/schema+json') } },
      },
    },
  },
});
