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
export { writeEvents, type EventsWritten, type UnsaidRow } from './write-events.js';
export type { EventToWrite, Waybill, WriteContext, Writing } from './message-writing.js';
