export { formatByName, messageFormats, recogniseFormat, samplesByFormat } from './all-formats.js';
export {
  formatNames,
  headBytes,
  type FormatFault,
  type FormatName,
  type MessageFormat,
  type MessageItem,
  type MessageReading,
  type ReadContext,
} from './message-format.js';
export { nearestYear, zonedTime, type LocalTime, type ZonedTime } from './places/local-time.js';
export { placeOfIata, placeOfLocode, type Place } from './places/places.js';
export { findJsonFault, lineAndColumn, type JsonFault } from './json/json-fault.js';
export { firstInvalidByte, startsWithMark } from './json/utf8-fault.js';
export type { FormatSample } from './format-sample.js';
export { writeEdifact, type InterchangeHeader, type WrittenInterchange } from './edifact/write-edifact.js';
export { writeFsu, type FsuConsignment } from './cargo-imp/write-fsu.js';
export { toXfsu, type XfsuStatus } from './cargo-xml/cargo-xml-writing.js';
export { toCeb621, toCeb622, writeCeb, type ImportList, type ListReceipt } from './ceb/ceb-writing.js';
export { toTrainRunningForecast, toTrainRunningInformation, type TrainReport } from './taf-tsi/taf-tsi-writing.js';
export { toDcsa } from './dcsa/to-dcsa.js';
export { toEpcis } from './epcis/to-epcis.js';
export { toOneRecord } from './one-record/to-one-record.js';
