/**
 * The event hash id of CBV 2.0: a name for an EPCIS event that anybody can compute from what it says.
 *
 * The text that is hashed is the event's fields in a fixed order, each value in one canonical spelling, lists sorted. `eventID`,
 * `recordTime` and `errorDeclaration` are no part of it, so the declaration that an event was wrong has the name of that event. The
 * standard's words and its reference implementation differ in places; this follows the published vectors of version CBV2.0: the type of
 * a business transaction comes before it, `sensorElementList` is not named, and what senders add to a field stands at the end. Ids in
 * older examples of GS1 are of a draft that kept URNs, so they differ: an `eventID` is never compared with the hash.
 * @see GS1 CBV 2.0 section 8.9; https://github.com/RalphTro/epcis-event-hash-generator
 */
import { createHash } from 'node:crypto';
import { isObject, listOf, own, ownText, type JsonObject } from '../json/json-values.js';
import { canonicalText, canonicalTime, vocabularyOf } from './event-hash-values.js';

/** The id `ni:///sha-256;<64 hex digits>?ver=CBV2.0` of an event. @param contexts the `@context` values that hold for it */
export function eventHashId(event: JsonObject, contexts: readonly unknown[] = []): string {
  const hash = createHash('sha256').update(preHashOf(event, contexts)).digest('hex');
  return `ni:///sha-256;${hash}?ver=CBV2.0`;
}

/** The text that is hashed. */
export function preHashOf(event: JsonObject, contexts: readonly unknown[] = []): string {
  const namespaces = namespacesOf([...contexts, own(event, '@context')]);
  const fields = fieldOrder.map(([name, write]) => {
    const value = own(event, name);
    return value === undefined ? '' : write(name, value);
  });
  const extensions = extensionsOf(event, known, namespaces);
  for (const name of ['readPoint', 'bizLocation']) {
    const added = extensionsOf(own(event, name), new Set(['id']), namespaces);
    if (added.length > 0) extensions.push(name + joined(added));
  }
  const ilmd = own(event, 'ilmd');
  if (isObject(ilmd)) extensions.push(`ilmd${joined(extensionsOf(ilmd, new Set(), namespaces))}`);
  for (const element of listOf(own(event, 'sensorElementList'))) {
    const added = sensorExtensions(element, namespaces);
    if (added !== '') extensions.push(added);
  }
  return `eventType=${ownText(event, 'type') ?? ''}${fields.join('')}${joined(extensions)}`;
}

type Write = (name: string, value: unknown) => string;

const plain: Write = (name, value) => {
  const text = canonicalText(value);
  return text === '' ? '' : `${name}=${text}`;
};
const time: Write = (name, value) => `${name}=${canonicalTime(value)}`;
const word: Write = (name, value) => `${name}=${canonicalText(vocabularyOf(name, value))}`;
const idOf: Write = (name, value) => {
  const id = isObject(value) ? own(value, 'id') : value;
  return id === undefined ? '' : `${name}id=${canonicalText(id)}`;
};
const listed =
  (write: (item: unknown) => string): Write =>
  (name, value) => {
    const items = listOf(value)
      .map(write)
      .filter((text) => text !== '');
    return items.length === 0 ? '' : name + joined(items);
  };
const epcs = listed((epc) => plain('epc', epc));
const quantities = listed((element) => `quantityElement${inOrder(element, ['epcClass', 'quantity', 'uom'])}`);
const typed = (name: string): Write =>
  listed((item) => {
    const type = own(item, 'type');
    return (type === undefined ? '' : word('type', vocabularyOf(name, type))) + plain(name, own(item, name) ?? '');
  });

const metadataFields = 'time startTime endTime deviceID deviceMetadata rawData dataProcessingMethod bizRules'.split(
  ' ',
);
const reportFields = (
  'type exception deviceID deviceMetadata rawData dataProcessingMethod time microorganism chemicalSubstance value component stringValue ' +
  'booleanValue hexBinaryValue uriValue minValue maxValue meanValue sDev percRank percValue uom coordinateReferenceSystem'
).split(' ');

const sensors: Write = (_name, value) =>
  joined(
    listOf(value).map((element) => {
      const metadata = inOrder(own(element, 'sensorMetadata'), metadataFields);
      const reports = listOf(own(element, 'sensorReport')).map(
        (report) => `sensorReport${inOrder(report, reportFields, 'sensor')}`,
      );
      return `sensorElement${metadata === '' ? '' : `sensorMetadata${metadata}`}${joined(reports)}`;
    }),
  );

/** The fields in the order of the standard. */
const fieldOrder: readonly (readonly [string, Write])[] = [
  ['eventTime', time],
  ['eventTimeZoneOffset', plain],
  ['certificationInfo', (name, value) => joined(listOf(value).map((item) => plain(name, item)))],
  ['epcList', epcs],
  ['parentID', plain],
  ['inputEPCList', epcs],
  ['childEPCs', epcs],
  ['quantityList', quantities],
  ['childQuantityList', quantities],
  ['inputQuantityList', quantities],
  ['outputEPCList', epcs],
  ['outputQuantityList', quantities],
  ['action', plain],
  ['transformationID', plain],
  ['bizStep', word],
  ['disposition', word],
  [
    'persistentDisposition',
    (name, value) => {
      const side = (which: string) =>
        joined(listOf(own(value, which)).map((item) => `${which}=${canonicalText(vocabularyOf('disposition', item))}`));
      return name + side('set') + side('unset');
    },
  ],
  ['readPoint', idOf],
  ['bizLocation', idOf],
  ['bizTransactionList', typed('bizTransaction')],
  ['sourceList', typed('source')],
  ['destinationList', typed('destination')],
  ['sensorElementList', sensors],
];

/** Names that are no extensions: the fields, and what is no part of the hash. */
const known: ReadonlySet<string> = new Set([
  ...fieldOrder.map(([name]) => name),
  ...'type isA @type @context eventID recordTime errorDeclaration ilmd comment rdfs:comment'.split(' '),
]);

function inOrder(object: unknown, names: readonly string[], vocabulary?: string): string {
  return names
    .map((name) => {
      const value = own(object, name);
      if (value === undefined) return '';
      if (/time$/i.test(name)) return time(name, value);
      return plain(name, vocabulary === undefined ? value : vocabularyOf(`${vocabulary} ${name}`, value));
    })
    .join('');
}

function joined(texts: readonly string[]): string {
  return texts.toSorted(byCodePoint).join('');
}

/** UTF-8 bytes are in the order of code points; plain comparison is not, above U+FFFF. */
function byCodePoint(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

type Namespaces = ReadonlyMap<string, string>;

function namespacesOf(contexts: readonly unknown[]): Namespaces {
  const namespaces = new Map<string, string>([['cbvmda', 'urn:epcglobal:cbv:mda']]);
  for (const context of contexts)
    for (const part of listOf(context))
      if (isObject(part))
        for (const [prefix, meaning] of Object.entries(part))
          if (typeof meaning === 'string') namespaces.set(prefix, meaning);
  return namespaces;
}

/** `{namespace}name=value` for everything that a sender added, each element of a list by itself. */
function extensionsOf(holder: unknown, without: ReadonlySet<string>, namespaces: Namespaces): string[] {
  if (!isObject(holder)) return [];
  return Object.keys(holder)
    .filter((name) => !without.has(name))
    .flatMap((name) => listOf(holder[name]).map((value) => extensionOf(fullName(name, namespaces), value, namespaces)));
}

function extensionOf(name: string, value: unknown, namespaces: Namespaces): string {
  if (isObject(value)) return name + joined(extensionsOf(value, new Set(), namespaces));
  const text = canonicalText(value);
  return text === '' ? name : `${name}=${text}`;
}

function fullName(name: string, namespaces: Namespaces): string {
  const colon = name.indexOf(':');
  const namespace = colon < 0 ? undefined : namespaces.get(name.slice(0, colon));
  return namespace === undefined ? name : `{${namespace}}${name.slice(colon + 1)}`;
}

function sensorExtensions(element: unknown, namespaces: Namespaces): string {
  const metadata = extensionsOf(own(element, 'sensorMetadata'), new Set(metadataFields), namespaces);
  const reports = listOf(own(element, 'sensorReport')).flatMap((report) => {
    const added = extensionsOf(report, new Set(reportFields), namespaces);
    return added.length === 0 ? [] : [`sensorReport${joined(added)}`];
  });
  const other = extensionsOf(element, new Set(['sensorMetadata', 'sensorReport']), namespaces);
  const all = [...(metadata.length === 0 ? [] : [`sensorMetadata${joined(metadata)}`]), ...reports, ...other];
  return all.length === 0 ? '' : `sensorElement${joined(all)}`;
}
