/** China customs, cross-border e-commerce (CEB): orders, payments, waybills, lists and what customs answer. */
import type { MessageFormat, MessageReading, ReadContext } from '../message-format.js';
import { cut, MessageEntry } from '../xml/message-entry.js';
import { xmlRootOf } from '../xml/xml-root.js';
import { readXml, type XmlDocument } from '../xml/xml-tree.js';
import { cebKinds, type CebKind } from './ceb-documents.js';
import { readCebEntry } from './ceb-entry.js';

const rootForm = /^CEB(\d{3})Message$/;

export const cebFormat: MessageFormat = {
  name: 'ceb',
  title: 'China customs, cross-border e-commerce (CEB): order, payment, waybill, lists, receipts',
  contentTypes: ['application/xml', 'text/xml'],
  recognises: (head) => rootForm.test(xmlRootOf(head)?.name ?? ''),
  read(bytes, context) {
    const xml = readXml(bytes);
    return xml.ok ? readMessage(xml.document, context) : xml;
  },
  writing: {
    fromEvents: false,
    because:
      'its documents declare buyer, goods and tax to customs, of which events keep nothing, and only customs may write its receipts',
  },
};

function readMessage(document: XmlDocument, context: ReadContext): MessageReading {
  const number = rootForm.exec(document.root.name)?.[1];
  const message = new MessageEntry(document, document.root, 'CEB 202205');
  if (number === undefined)
    return message.refusal({
      detail: `the root element is ${cut(document.root.name)}`,
      expected: 'CEB621Message or another of the message kinds',
    });
  const kind = cebKinds.get(number);
  if (!kind)
    return message.refusal({
      code: 'unsupported_message',
      detail: `CEB${number} tells no events here`,
      expected: `one of ${[...cebKinds.keys()].map((known) => `CEB${known}`).join(', ')}`,
    });
  return readEntries(kind, document, context);
}

function readEntries(kind: CebKind, document: XmlDocument, context: ReadContext): MessageReading {
  const message = new MessageEntry(document, document.root, `CEB 202205, CEB${kind.number} ${kind.entry}`);
  return message.list(message.all(kind.entry), kind.entry, context, (entry) =>
    entry.item(() => readCebEntry(kind, entry, context)),
  );
}
