/**
 * The canonical event, version 1: a CloudEvents 1.0 event in JSON.
 *
 * One schema value is the HTTP check, the Kafka decoder, the TypeScript type and the published JSON Schema. It is a TypeBox value
 * because that compiles to a check of about a microsecond an event and *is* JSON Schema, so nothing is converted.
 * Identity is (tenant, `source`, `id`). `revision` orders the versions of one id, `retracted` takes an event back, `previoussubject`
 * names the unit that an event was reported for before. All three are CloudEvents extension attributes.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
import Type, { type Static } from 'typebox';
import { revisionMax, systems, type System } from '@landbridge/domain';
import { EventData, inPrintable, printable } from './event-data.js';

/** CloudEvents `type` of each event system; the major version is part of the name. */
export const eventTypes = {
  air: 'landbridge.air.event.v1',
  rail: 'landbridge.rail.event.v1',
  port: 'landbridge.port.event.v1',
  cbec: 'landbridge.cbec.event.v1',
} as const satisfies Record<System, string>;
export type EventType = (typeof eventTypes)[System];

const systemsByType = new Map<string, System>(systems.map((system) => [eventTypes[system], system]));

/** The system of a CloudEvents type, or undefined where the type is not ours. */
export function systemOfType(type: string): System | undefined {
  return systemsByType.get(type);
}

export const CanonicalEvent = Type.Object(
  {
    specversion: Type.Literal('1.0'),
    id: Type.String({
      minLength: 1,
      maxLength: 128,
      pattern: printable,
      description: `Name of the event among those of its source: ${inPrintable(128)}.`,
      examples: ['2020-03-04-CV9721-arr'],
    }),
    source: Type.String({
      minLength: 1,
      maxLength: 128,
      pattern: '^[A-Za-z0-9/:._~%#?&=+-]+$',
      description: 'Who tells the event, a URI reference of 1 to 128 characters.',
      examples: ['urn:carrier:demo'],
    }),
    type: Type.Enum(Object.values(eventTypes)),
    subject: Type.String({
      minLength: 1,
      maxLength: 128,
      pattern: printable,
      description: `The unit, and the Kafka key: ${inPrintable(128)}.`,
      examples: ['CV9721-20200304'],
    }),
    time: Type.String({
      maxLength: 40,
      description: 'When it happened, RFC 3339 with an offset or Z, from 2000 to 2100.',
      examples: ['2020-03-04T05:06:07+08:00'],
    }),
    datacontenttype: Type.Optional(Type.Literal('application/json')),
    dataschema: Type.Optional(
      Type.String({ maxLength: 256, description: 'Address of a schema of the data: at most 256 characters.' }),
    ),
    tenant: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9][a-z0-9-]{0,31}$',
        description:
          'Set by ingest from the key: up to 32 small letters, digits and hyphens, the first a letter or digit.',
        examples: ['demo'],
      }),
    ),
    revision: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: revisionMax,
        description: `Order of the versions of an event, an integer from 0 to ${revisionMax}: later ones replace; 0 if absent.`,
        examples: [1],
      }),
    ),
    retracted: Type.Optional(Type.Boolean({ description: 'True takes the event of this id back.' })),
    previoussubject: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 128,
        pattern: printable,
        description: `The subject that the event was told of before: ${inPrintable(128)}.`,
        examples: ['CV9720-20200304'],
      }),
    ),
    data: Type.Optional(EventData),
  },
  {
    $id: 'urn:landbridge:schema:event:v1',
    title: 'Landbridge canonical event, version 1',
    propertyNames: {
      pattern: '^[a-z0-9]{1,20}$',
      description: 'Name of an attribute: 1 to 20 small letters and digits.',
      examples: ['traceparent'],
    },
    // CloudEvents allows further extension attributes: scalars, kept as they are.
    additionalProperties: Type.Union([Type.String({ maxLength: 1024 }), Type.Boolean(), Type.Integer()], {
      description: 'An extension attribute: a text of at most 1024 characters, true or false, or an integer.',
    }),
  },
);
export type CanonicalEvent = Static<typeof CanonicalEvent>;
