/**
 * The AsyncAPI 3 document of our topics: what a service that subscribes may rely on. Topics, schemas and headers come from the contracts
 * themselves, so the document cannot say anything else than the code.
 * @see https://www.asyncapi.com/docs/reference/specification/v3.0.0
 */
import { systems, type System } from '@landbridge/domain';
import type { JsonObject } from './api-document.js';
import { CanonicalEvent, eventTypes } from './event-schema.js';
import { problems } from './problems.js';
import {
  deadLetterHeaders,
  deadLetterTopic,
  eventTopics,
  originalHeaders,
  originalTopic,
  topicContracts,
} from './topics.js';

/** Version of the published topics and schemas; their names carry the major. */
const contractVersion = '1.0.0';

/** An event of each system as subscribers see it: with the tenant that the hub has set. */
export const exampleEvents: { readonly [system in System]: CanonicalEvent } = {
  air: {
    specversion: '1.0',
    id: '2020-03-04-CV9721-arr',
    source: 'urn:carrier:demo',
    tenant: 'demo',
    type: eventTypes.air,
    subject: 'CV9721-20200304',
    time: '2020-03-04T05:06:07+08:00',
    data: {
      quantities: { pieces: 812, weightGrams: 98_400_000 },
      unit: { id: 'CV9721-20200304', type: 'flight' },
      classifier: 'actual',
      milestone: 'arrived',
      hub: 'CGO',
      place: 'CNCGO',
      corridor: 'air',
      direction: 'inbound',
      partner: 'LU',
      transport: { mode: 'air', carrier: 'CV', service: 'CV9721' },
    },
  },
  rail: {
    specversion: '1.0',
    id: 'X8155-20200304-dep-MSKU6011672',
    source: 'urn:carrier:zih',
    tenant: 'zih',
    type: eventTypes.rail,
    subject: 'MSKU6011672',
    time: '2020-03-04T21:30:00+08:00',
    data: {
      links: [{ id: 'X8155-CGO-20200304', type: 'train' }],
      quantities: { teuHundredths: 200, weightGrams: 18_250_000 },
      unit: { id: 'MSKU6011672', type: 'container' },
      classifier: 'actual',
      milestone: 'departed',
      hub: 'CGO',
      place: 'CNZGZ',
      corridor: 'land',
      direction: 'outbound',
      partner: 'DE',
      brand: 'cainiao',
      transport: { mode: 'rail', service: 'X8155' },
    },
  },
  port: {
    specversion: '1.0',
    id: 'ciq-460120200001-released',
    source: 'urn:port:xinzheng',
    tenant: 'xinzheng',
    type: eventTypes.port,
    subject: '460120200001',
    time: '2020-03-04T10:00:00+08:00',
    data: {
      quantities: { weightGrams: 24_000_000, valueFen: 96_000_000 },
      unit: { id: '460120200001', type: 'consignment' },
      classifier: 'actual',
      milestone: 'released',
      hub: 'CGO',
      corridor: 'air',
      direction: 'inbound',
      partner: 'CL',
      portOfEntry: 'fruit',
      tradeMode: '0110',
    },
  },
  cbec: {
    specversion: '1.0',
    id: 'manifest-20200304-17-released',
    source: 'urn:platform:demo',
    tenant: 'demo',
    type: eventTypes.cbec,
    subject: 'manifest-20200304-17',
    time: '2020-03-04T12:00:00+08:00',
    data: {
      quantities: { parcels: 2_400, valueFen: 18_720_000 },
      unit: { id: 'manifest-20200304-17', type: 'manifest' },
      classifier: 'actual',
      milestone: 'released',
      hub: 'CGO',
      corridor: 'online',
      direction: 'inbound',
      partner: 'JP',
      tradeMode: '1210',
    },
  },
};

const systemTitles: { readonly [system in System]: string } = {
  air: 'Air cargo and mail',
  rail: 'China-Europe trains and their containers',
  port: 'Special-goods ports of entry',
  cbec: 'Cross-border e-commerce',
};

/** The document, as plain JSON. */
export function subscriberDocument(): JsonObject {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Landbridge topics',
      version: contractVersion,
      description: [
        'Events of an inland logistics hub, one topic a system, in the order of each unit (the record key is the subject).',
        'Delivery is at least once: tell repeats by (`tenant`, `source`, `id`); among versions of one id the highest `revision` stands.',
        'Records are kept for ever, so a new subscriber may read from the beginning.',
      ].join('\n\n'),
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/cloudevents+json',
    servers: { kafka: { host: '127.0.0.1:9092', protocol: 'kafka', description: 'Where the hub says.' } },
    channels: {
      ...Object.fromEntries(systems.map((system) => [system, eventChannel(system)])),
      originals: originalChannel,
      deadLetters: deadLetterChannel,
    },
    operations: {
      ...Object.fromEntries(
        systems.map((system) => [
          `follow${system[0]!.toUpperCase()}${system.slice(1)}`,
          { action: 'receive', channel: { $ref: `#/channels/${system}` }, summary: systemTitles[system] },
        ]),
      ),
      followOriginals: {
        action: 'receive',
        channel: { $ref: '#/channels/originals' },
        summary: 'What carriers sent in formats of their own',
      },
      followDeadLetters: {
        action: 'receive',
        channel: { $ref: '#/channels/deadLetters' },
        summary: 'Records that no consumer could use',
      },
    },
    components: { schemas: { CanonicalEvent } },
  };
}

function eventChannel(system: System): JsonObject {
  return {
    address: eventTopics[system],
    title: systemTitles[system],
    messages: {
      event: {
        name: eventTypes[system],
        title: `${systemTitles[system]}: one event`,
        contentType: 'application/cloudevents+json',
        headers: {
          type: 'object',
          properties: { 'content-type': { const: 'application/cloudevents+json; charset=UTF-8' } },
        },
        payload: { $ref: '#/components/schemas/CanonicalEvent' },
        bindings: { kafka: { key: { type: 'string', description: 'The subject.' } } },
        examples: [{ name: 'usual', payload: exampleEvents[system] }],
      },
    },
    bindings: { kafka: topicBinding(eventTopics[system]) },
  };
}

const originalChannel: JsonObject = {
  address: originalTopic,
  title: 'Originals',
  description:
    'What carriers sent in formats of their own, byte for byte. An event names its original as `data.original.at`, partition and offset.',
  messages: {
    original: {
      name: 'original',
      contentType: 'application/octet-stream',
      headers: {
        type: 'object',
        properties: {
          [originalHeaders.tenant]: { type: 'string' },
          [originalHeaders.carrier]: { type: 'string' },
          [originalHeaders.format]: { type: 'string', description: 'The format that it was read as.' },
          [originalHeaders.contentType]: { type: 'string', description: 'As the sender named it.' },
          [originalHeaders.sandbox]: { const: 'true', description: 'There when it was posted to the sandbox.' },
        },
      },
      payload: { type: 'string' },
      bindings: { kafka: { key: { type: 'string', description: 'SHA-256 of the bytes, hex.' } } },
      examples: [
        {
          name: 'a status message',
          headers: { [originalHeaders.tenant]: 'demo', [originalHeaders.format]: 'cargo-imp' },
          payload: 'FSU/12\n172-12345675LUXCGO/T10K250\nRCF/CV9721/04MAR0506/CGO/T10K250\n',
        },
      ],
    },
  },
  bindings: { kafka: topicBinding(originalTopic) },
};

const deadLetterChannel: JsonObject = {
  address: deadLetterTopic,
  title: 'Dead letters',
  description: 'The value is the original record, byte for byte; the key is its place, `<topic>/<partition>/<offset>`.',
  messages: {
    letter: {
      name: 'dead-letter',
      contentType: 'application/octet-stream',
      headers: {
        type: 'object',
        properties: {
          [deadLetterHeaders.code]: { enum: Object.keys(problems), description: 'Why.' },
          [deadLetterHeaders.detail]: { type: 'string' },
          [deadLetterHeaders.topic]: { type: 'string' },
          [deadLetterHeaders.partition]: { type: 'string' },
          [deadLetterHeaders.offset]: { type: 'string' },
          [deadLetterHeaders.key]: { type: 'string', description: 'Key of the original record.' },
          [deadLetterHeaders.redriven]: { type: 'string', description: 'Stands where the original was put back.' },
        },
      },
      payload: { type: 'string' },
      bindings: { kafka: { key: { type: 'string' } } },
      examples: [
        {
          name: 'cut off',
          headers: { [deadLetterHeaders.code]: 'unreadable_record', [deadLetterHeaders.detail]: 'not a JSON object' },
          payload: '{"specversion":"1.0","id":',
        },
      ],
    },
  },
  bindings: { kafka: topicBinding(deadLetterTopic) },
};

function topicBinding(name: string): JsonObject {
  const { partitions, settings } = topicContracts.find((contract) => contract.name === name)!;
  return {
    topic: name,
    partitions,
    topicConfiguration: {
      'cleanup.policy': [settings['cleanup.policy']],
      'retention.ms': Number(settings['retention.ms']),
      'max.message.bytes': Number(settings['max.message.bytes']),
    },
  };
}
