/** The list of all formats, for the door, for detection by content and for benchmarks. */
import { cargoImpFormat } from './cargo-imp/cargo-imp-format.js';
import { cargoImpSamples } from './cargo-imp/cargo-imp-samples.js';
import { cargoXmlFormat } from './cargo-xml/cargo-xml-format.js';
import { cargoXmlSamples } from './cargo-xml/cargo-xml-samples.js';
import { cebFormat } from './ceb/ceb-format.js';
import { cebSamples } from './ceb/ceb-samples.js';
import { dcsaFormat } from './dcsa/dcsa-format.js';
import { dcsaSamples } from './dcsa/dcsa-samples.js';
import { edifactFormat } from './edifact/edifact-format.js';
import { edifactSamples } from './edifact/edifact-samples.js';
import { epcisFormat } from './epcis/epcis-format.js';
import { epcisSamples } from './epcis/epcis-samples.js';
import type { FormatSample } from './format-sample.js';
import { headBytes, type FormatName, type MessageFormat } from './message-format.js';
import { oneRecordFormat } from './one-record/one-record-format.js';
import { oneRecordSamples } from './one-record/one-record-samples.js';
import { tafTsiFormat } from './taf-tsi/taf-tsi-format.js';
import { tafTsiSamples } from './taf-tsi/taf-tsi-samples.js';

/** In the order in which they are asked whether they recognise a message. */
export const messageFormats: readonly MessageFormat[] = [
  cargoImpFormat,
  edifactFormat,
  oneRecordFormat,
  epcisFormat,
  dcsaFormat,
  cebFormat,
  cargoXmlFormat,
  tafTsiFormat,
];

/** The format of this name, or undefined. */
export function formatByName(name: string): MessageFormat | undefined {
  return messageFormats.find((format) => format.name === name);
}

/** The format that recognises a message by its first bytes, or undefined. */
export function recogniseFormat(bytes: Uint8Array): MessageFormat | undefined {
  const head = bytes.subarray(0, headBytes);
  return messageFormats.find((format) => format.recognises(head));
}

/** Valid and deliberately invalid messages of each format. */
export const samplesByFormat: Readonly<Record<FormatName, readonly FormatSample[]>> = {
  'cargo-imp': cargoImpSamples,
  edifact: edifactSamples,
  'one-record': oneRecordSamples,
  epcis: epcisSamples,
  dcsa: dcsaSamples,
  ceb: cebSamples,
  'cargo-xml': cargoXmlSamples,
  'taf-tsi': tafTsiSamples,
};
