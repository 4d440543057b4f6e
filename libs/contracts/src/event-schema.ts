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
import { classifiers, corridors, directions, revisionMax, systems, unitTypes, type System } from '@landbridge/domain';

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

/**
 * The largest quantity one event may carry: a million tonnes in grams, ten billion yuan in fen. Nine thousand such events still add up
 * to an exact integer below 2^53.
 */
export const quantityMax = 1_000_000_000_000;
/** An AWB, a train and its containers, a manifest and its parcels: the links one event may name. */
export const linksMax = 200;
/** The sender's original message inside its event, in characters; for those who send their own events. */
export const originalTextMax = 131_072;

const printable = '^[\\x20-\\x7e\\u00a0-\\ud7ff\\uf900-\\ufffd]+$';
const word = '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$';

const Quantity = Type.Optional(Type.Integer({ minimum: 0, maximum: quantityMax }));
const Unit = Type.Object(
  { type: Type.Enum([...unitTypes]), id: Type.String({ minLength: 1, maxLength: 80, pattern: printable }) },
  { additionalProperties: false, description: 'The tracked thing: a flight, a container, a manifest.' },
);

export const EventData = Type.Object(
  {
    classifier: Type.Enum([...classifiers], { description: 'Only actual events count in throughput.' }),
    milestone: Type.String({
      pattern: '^[a-z][a-z0-9-]{0,31}$',
      description: 'A known milestone, or any other word: it is then kept and counted as unknown.',
    }),
    hub: Type.String({ pattern: '^[A-Z]{3}$', description: 'Code of the hub that this movement belongs to.' }),
    place: Type.Optional(
      Type.String({ pattern: '^[A-Z]{2}[A-Z2-9]{3}$', description: 'UN/LOCODE of where it happened.' }),
    ),
    timeZone: Type.Optional(Type.String({ pattern: '^[A-Za-z_+-]+(/[A-Za-z0-9_+-]+){0,2}$', maxLength: 40 })),
    corridor: Type.Enum([...corridors]),
    direction: Type.Enum([...directions]),
    partner: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2; CN is domestic.' })),
    brand: Type.Optional(
      Type.String({ pattern: word, description: 'Product brand of a service, for example cainiao.' }),
    ),
    tradeMode: Type.Optional(
      Type.String({ pattern: '^[0-9]{4}$', description: 'Customs supervision mode, e.g. 1210.' }),
    ),
    portOfEntry: Type.Optional(Type.String({ pattern: word })),
    transport: Type.Optional(
      Type.Object(
        {
          mode: Type.Enum(['air', 'rail', 'road', 'sea', 'post']),
          carrier: Type.Optional(Type.String({ pattern: '^[A-Z0-9]{2,4}$' })),
          service: Type.Optional(Type.String({ pattern: word, description: 'Flight or train number, voyage.' })),
          vessel: Type.Optional(Type.String({ minLength: 1, maxLength: 80, pattern: printable })),
        },
        { additionalProperties: false },
      ),
    ),
    unit: Unit,
    links: Type.Optional(Type.Array(Unit, { maxItems: linksMax })),
    quantities: Type.Optional(
      Type.Object(
        { pieces: Quantity, weightGrams: Quantity, valueFen: Quantity, parcels: Quantity, teuHundredths: Quantity },
        { additionalProperties: false, description: 'Integers in base units: grams, fen, hundredths of a TEU.' },
      ),
    ),
    original: Type.Optional(
      Type.Object(
        {
          format: Type.String({ pattern: '^[a-z0-9-]{1,24}$' }),
          digest: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the original bytes.' }),
          at: Type.Optional(
            Type.String({
              pattern: '^[0-9]{1,5}/[0-9]{1,19}$',
              description: 'Where it stands on the topic of originals: partition/offset.',
            }),
          ),
          text: Type.Optional(Type.String({ maxLength: originalTextMax })),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type EventData = Static<typeof EventData>;

export const CanonicalEvent = Type.Object(
  {
    specversion: Type.Literal('1.0'),
    id: Type.String({ minLength: 1, maxLength: 128, pattern: printable }),
    source: Type.String({ minLength: 1, maxLength: 128, pattern: '^[A-Za-z0-9/:._~%#?&=+-]+$' }),
    type: Type.Enum(Object.values(eventTypes)),
    subject: Type.String({ minLength: 1, maxLength: 128, pattern: printable, description: 'The unit; the Kafka key.' }),
    time: Type.String({ maxLength: 40, description: 'RFC 3339 with an offset or Z.' }),
    datacontenttype: Type.Optional(Type.Literal('application/json')),
    dataschema: Type.Optional(Type.String({ maxLength: 256 })),
    tenant: Type.Optional(
      Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,31}$', description: 'Set by ingest from the key.' }),
    ),
    revision: Type.Optional(
      Type.Integer({ minimum: 0, maximum: revisionMax, description: 'Later versions replace; 0 if absent.' }),
    ),
    retracted: Type.Optional(Type.Boolean({ description: 'True takes the event of this id back.' })),
    previoussubject: Type.Optional(Type.String({ minLength: 1, maxLength: 128, pattern: printable })),
    data: Type.Optional(EventData),
  },
  {
    $id: 'urn:landbridge:schema:event:v1',
    title: 'Landbridge canonical event, version 1',
    propertyNames: { pattern: '^[a-z0-9]{1,20}$' },
    // CloudEvents allows further extension attributes: scalars, kept as they are.
    additionalProperties: Type.Union([Type.String({ maxLength: 1024 }), Type.Boolean(), Type.Integer()]),
  },
);
export type CanonicalEvent = Static<typeof CanonicalEvent>;
