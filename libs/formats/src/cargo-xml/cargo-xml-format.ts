/** IATA Cargo-XML: status messages (XFSU), and air and house waybills (XFWB, XFZB) as bookings. */
import type { MessageFormat, MessageReading, ReadContext } from '../message-format.js';
import { cut, MessageEntry } from '../xml/message-entry.js';
import { xmlRootOf } from '../xml/xml-root.js';
import { readXml, type XmlDocument } from '../xml/xml-tree.js';
import { cargoXmlWriting } from './cargo-xml-writer.js';
import { masterWaybillOf } from './consignment.js';
import { readStatus } from './status-message.js';
import { readHouseWaybill, readMasterWaybill } from './waybill-messages.js';

/** `statusMessageType` is the schema's type, which some programs write as the element. */
const statusRoots: readonly string[] = ['StatusMessage', 'statusMessageType'];
const roots: readonly string[] = [...statusRoots, 'Waybill', 'HouseWaybill'];

export const cargoXmlFormat: MessageFormat = {
  name: 'cargo-xml',
  title: 'IATA Cargo-XML (XFSU status; XFWB and XFZB bookings)',
  contentTypes: ['application/xml', 'text/xml'],
  recognises(head) {
    const root = xmlRootOf(head);
    return root !== undefined && (roots.includes(root.name) || /["']iata:/.test(root.attributes));
  },
  read(bytes, context) {
    const xml = readXml(bytes);
    return xml.ok ? readMessage(xml.document, context) : xml;
  },
  writing: cargoXmlWriting,
};

function readMessage(document: XmlDocument, context: ReadContext): MessageReading {
  const { name } = document.root;
  const message = new MessageEntry(document, document.root, `Cargo-XML, ${name.slice(0, 40)}`);
  if (statusRoots.includes(name)) return readStatuses(message, context);
  if (name === 'Waybill') {
    const item = message.item(
      () => readMasterWaybill(message, context),
      () => masterWaybillOf(message.part('MasterConsignment')),
    );
    return { ok: true, items: [item] };
  }
  if (name === 'HouseWaybill') return { ok: true, items: [message.item(() => readHouseWaybill(message, context))] };
  return message.refusal({
    code: 'unsupported_message',
    detail: `${cut(name)} tells no events here`,
    expected: 'StatusMessage, Waybill or HouseWaybill',
  });
}

/** A message has consignments, each of them statuses, each of those parts of the consignment. */
function readStatuses(message: MessageEntry, context: ReadContext): MessageReading {
  const statements = message
    .all('MasterConsignment')
    .flatMap((master) =>
      master
        .all('ReportedStatus')
        .flatMap((status) =>
          partsOf(status.all('AssociatedStatusConsignment')).map((part) => ({ master, status, part })),
        ),
    );
  return message.list(statements, 'ReportedStatus', context, ({ master, status, part }) =>
    (part ?? status).item(
      () => readStatus({ message, master, status, part: part ?? status }, context),
      () => masterWaybillOf(master),
    ),
  );
}

/** A status without parts is about the consignment as a whole. */
function partsOf(parts: readonly MessageEntry[]): readonly (MessageEntry | undefined)[] {
  return parts.length > 0 ? parts : [undefined];
}
