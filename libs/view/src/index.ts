export {
  compareCells,
  mergeComparisons,
  summedMeasures,
  type Comparison,
  type DifferingCell,
  type MeasureComparison,
} from './cell-comparison.js';
export { ContinuousReconciliation, type ContinuousOptions } from './continuous-reconciliation.js';
export {
  PartitionBusy,
  PartitionFolder,
  seekReasons,
  type DeadRecord,
  type FoldObserver,
  type MovedPartition,
  type PartitionRecords,
  type SeekReason,
} from './partition-folder.js';
export { RecordDecoder, type DecodedRecord, type Decoding } from './record-decoder.js';
export { defaultWindowDays, Rebuild } from './rebuild.js';
export {
  type PartitionVerdict,
  type RebuildLog,
  type RebuildOptions,
  type RebuildParts,
  type RebuildReport,
} from './rebuild-run.js';
export {
  reconcileShard,
  type RecountLimits,
  type RecountLog,
  type ReconcileOutcome,
  type ShardReconciliation,
} from './reconciliation.js';
