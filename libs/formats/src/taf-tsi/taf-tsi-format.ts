/** TAF TSI: what European railways tell each other about trains and wagons. */
import type { CanonicalEvent } from '@landbridge/contracts';
import type { MessageFormat, MessageReading, ReadContext } from '../message-format.js';
import { cut, MessageEntry } from '../xml/message-entry.js';
import { xmlRootOf } from '../xml/xml-root.js';
import { readXml, type XmlDocument } from '../xml/xml-tree.js';
import { tafTsiWriting } from './taf-tsi-writer.js';
import { readComposition, readTrainReady, readTrainReport } from './train-messages.js';
import { readWagonMessage, wagonStatements } from './wagon-messages.js';

/** By the name of the root element. `MessageType` is not asked: it differs between versions, and the name does not. */
const readers: ReadonlyMap<string, (message: MessageEntry, context: ReadContext) => CanonicalEvent> = new Map([
  ['TrainRunningInformationMessage', (message, context) => readTrainReport(message, 'actual', context)],
  ['TrainRunningForecastMessage', (message, context) => readTrainReport(message, 'estimated', context)],
  ['TrainReadyMessage', readTrainReady],
  ...[...wagonStatements].map(
    ([name, statement]) =>
      [name, (message: MessageEntry, context: ReadContext) => readWagonMessage(message, statement, context)] as const,
  ),
]);

const compositionRoot = 'TrainCompositionMessage';

/** Namespaces of all versions, for recognising messages that tell no events here. */
const namespaces = /taf-jsg\.info\/schemes|era\.europa\.eu\/schemes\/TAFTSI/i;

export const tafTsiFormat: MessageFormat = {
  name: 'taf-tsi',
  title: 'TAF TSI (train running, forecast, composition, ready; wagon movement and interchange)',
  contentTypes: ['application/xml', 'text/xml'],
  recognises(head) {
    const root = xmlRootOf(head);
    if (!root) return false;
    return readers.has(root.name) || root.name === compositionRoot || namespaces.test(root.attributes);
  },
  read(bytes, context) {
    const xml = readXml(bytes);
    return xml.ok ? readMessage(xml.document, context) : xml;
  },
  writing: tafTsiWriting,
};

function readMessage(document: XmlDocument, context: ReadContext): MessageReading {
  const { name } = document.root;
  const message = new MessageEntry(document, document.root, `TAF TSI, ${name.slice(0, 60)}`);
  if (name === compositionRoot) return readSections(message, context);
  const reader = readers.get(name);
  if (reader) return { ok: true, items: [message.item(() => reader(message, context))] };
  return message.refusal({
    code: name.endsWith('Message') ? 'unsupported_message' : 'invalid_message',
    detail: `${cut(name)} tells no events here`,
    expected: 'TrainRunningInformationMessage or another message that does',
  });
}

function readSections(message: MessageEntry, context: ReadContext): MessageReading {
  const name = 'TrainCompositionJourneySection';
  return message.list(message.all(name), name, context, (section) =>
    section.item(() => readComposition(message, section, context)),
  );
}
