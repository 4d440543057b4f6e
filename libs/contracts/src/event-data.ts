/**
 * The data of the canonical event, version 1: what happened to which unit, and where.
 *
 * Each pattern stands beside a description that says it in words, and an example: the check of events tells senders these, because nobody
 * who posts from another language should have to read a regular expression.
 */
import Type, { type Static } from 'typebox';
import { classifiers, corridors, directions, unitTypes } from '@landbridge/domain';

/**
 * The largest quantity one event may carry: a million tonnes in grams, ten billion yuan in fen. Nine thousand such events still add up
 * to an exact integer below 2^53.
 */
export const quantityMax = 1_000_000_000_000;
/** An AWB, a train and its containers, a manifest and its parcels: the links one event may name. */
export const linksMax = 200;
/** The sender's original message inside its event, in characters; for those who send their own events. */
export const originalTextMax = 131_072;

/** A text that a person can read: no control characters, and none beyond the basic plane. */
export const printable = '^[\\x20-\\x7e\\u00a0-\\ud7ff\\uf900-\\ufffd]+$';
const word = '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$';
/** The same in words, for descriptions. */
export const inPrintable = (charactersMax: number) => `1 to ${charactersMax} printable characters`;
const asWord = 'up to 40 letters, digits, dots, low lines or hyphens, the first a letter or digit';

const Quantity = Type.Optional(
  Type.Integer({
    minimum: 0,
    maximum: quantityMax,
    description: `An integer from 0 to ${quantityMax} in the base unit.`,
    examples: [98_400_000],
  }),
);
const Unit = Type.Object(
  {
    type: Type.Enum([...unitTypes]),
    id: Type.String({
      minLength: 1,
      maxLength: 80,
      pattern: printable,
      description: `Name of the thing among those of its type: ${inPrintable(80)}.`,
      examples: ['020-12345675'],
    }),
  },
  {
    additionalProperties: false,
    description: 'The tracked thing, an object of type and id: a flight, a container, a manifest.',
  },
);

export const EventData = Type.Object(
  {
    classifier: Type.Enum([...classifiers], {
      description:
        'Only actual events count in throughput. They have happened, so their time is not after their receipt.',
    }),
    milestone: Type.String({
      pattern: '^[a-z][a-z0-9-]{0,31}$',
      description:
        'A known milestone, or any other word, which is kept and counted as unknown: ' +
        'up to 32 small letters, digits and hyphens, the first a letter.',
      examples: ['departed'],
    }),
    hub: Type.String({
      pattern: '^[A-Z]{3}$',
      description: 'The hub that this movement belongs to, by its IATA airport code of three capital letters.',
      examples: ['CGO'],
    }),
    place: Type.Optional(
      Type.String({
        pattern: '^[A-Z]{2}[A-Z2-9]{3}$',
        description:
          'UN/LOCODE of where it happened: a country of two capital letters, then three capital letters or digits from 2 to 9.',
        examples: ['CNCGO'],
      }),
    ),
    timeZone: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z_+-]+(/[A-Za-z0-9_+-]+){0,2}$',
        maxLength: 40,
        description: 'Time zone of the place, by its name in the IANA database; at most 40 characters.',
        examples: ['Asia/Shanghai'],
      }),
    ),
    corridor: Type.Enum([...corridors]),
    direction: Type.Enum([...directions]),
    partner: Type.Optional(
      Type.String({
        pattern: '^[A-Z]{2}$',
        description: 'Country at the other end, ISO 3166-1 alpha-2: two capital letters; CN is domestic.',
        examples: ['LU'],
      }),
    ),
    brand: Type.Optional(
      Type.String({ pattern: word, description: `Product brand of a service: ${asWord}.`, examples: ['cainiao'] }),
    ),
    tradeMode: Type.Optional(
      Type.String({
        pattern: '^[0-9]{4}$',
        description: 'Customs supervision mode: four digits.',
        examples: ['1210'],
      }),
    ),
    portOfEntry: Type.Optional(
      Type.String({ pattern: word, description: `Code of the port of entry: ${asWord}.`, examples: ['airport'] }),
    ),
    transport: Type.Optional(
      Type.Object(
        {
          mode: Type.Enum(['air', 'rail', 'road', 'sea', 'post']),
          carrier: Type.Optional(
            Type.String({
              pattern: '^[A-Z0-9]{2,4}$',
              description: 'Code of the carrier: two to four capital letters or digits.',
              examples: ['CV'],
            }),
          ),
          service: Type.Optional(
            Type.String({
              pattern: word,
              description: `Flight or train number, voyage: ${asWord}.`,
              examples: ['CV9727'],
            }),
          ),
          vessel: Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: 80,
              pattern: printable,
              description: `Name of the ship: ${inPrintable(80)}.`,
              examples: ['EVER GIVEN'],
            }),
          ),
        },
        { additionalProperties: false, description: 'An object that tells how it moved, and with whom.' },
      ),
    ),
    unit: Unit,
    links: Type.Optional(
      Type.Array(Unit, {
        maxItems: linksMax,
        description: `What moves with the unit: a list of at most ${linksMax} things.`,
      }),
    ),
    quantities: Type.Optional(
      Type.Object(
        { pieces: Quantity, weightGrams: Quantity, valueFen: Quantity, parcels: Quantity, teuHundredths: Quantity },
        {
          additionalProperties: false,
          description: 'An object of integers in base units: grams, fen, hundredths of a TEU.',
        },
      ),
    ),
    original: Type.Optional(
      Type.Object(
        {
          format: Type.String({
            pattern: '^[a-z0-9-]{1,24}$',
            description: 'Format of the original message: up to 24 small letters, digits and hyphens.',
            examples: ['cargo-imp'],
          }),
          digest: Type.String({
            pattern: '^[0-9a-f]{64}$',
            description: 'SHA-256 of the original bytes: 64 hexadecimal digits in small letters.',
            examples: ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
          }),
          at: Type.Optional(
            Type.String({
              pattern: '^[0-9]{1,5}/[0-9]{1,19}$',
              description: 'Where it stands on the topic of originals, in digits: partition/offset.',
              examples: ['4/17'],
            }),
          ),
          text: Type.Optional(
            Type.String({
              maxLength: originalTextMax,
              description: `The original message itself: at most ${originalTextMax} characters.`,
            }),
          ),
        },
        { additionalProperties: false, description: 'An object that names the message which the event came in.' },
      ),
    ),
  },
  { additionalProperties: false, description: 'An object that tells what happened to which unit, and where.' },
);
export type EventData = Static<typeof EventData>;
