export {
  PartitionFolder,
  seekReasons,
  type DeadRecord,
  type FoldObserver,
  type PartitionRecords,
  type SeekReason,
} from './partition-folder.js';
export { RecordDecoder, type DecodedRecord, type Decoding } from './record-decoder.js';
