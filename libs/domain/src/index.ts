export {
  classifiers,
  corridors,
  directions,
  milestones,
  quantityNames,
  systems,
  unitTypes,
  type Classifier,
  type Corridor,
  type Direction,
  type EventFacts,
  type Milestone,
  type QuantityName,
  type System,
  type UnitType,
} from './event.js';
export {
  columnsMax,
  countingRulesVersion,
  counts,
  dimensionOf,
  dimensions,
  measures,
  meters,
  type Column,
  type Dimension,
  type Measure,
  type MeasureName,
  type Meter,
  type MeterName,
} from './measures.js';
export {
  contributionsOf,
  decide,
  isRetraction,
  outcomes,
  rankOf,
  revisionMax,
  supersedes,
  type Contribution,
  type Outcome,
  type Version,
} from './fold.js';
export { explainCount, type CountedAmount, type CountExplanation } from './explain-count.js';
export { formatSeries, parseSeries, type Series } from './series.js';
export type { Cell, ShardProgress, ThroughputSource } from './throughput-source.js';
export { dayName, dayNumberOf, dayOfNumber, daysInMonth, monthName, type Day, type Month } from './calendar.js';
export {
  coverOf,
  dayHourOf,
  formatPeriod,
  hourIndexOf,
  hubZone,
  localDayHour,
  parsePeriod,
  periodBounds,
  periodMonthsMax,
  periodYearMax,
  periodYearMin,
  previousYear,
  type Cover,
  type DayHour,
  type Period,
  type PeriodResult,
} from './period.js';
export { parseTimestamp, timestampLengthMax } from './timestamp.js';
export {
  awbCheckDigit,
  canonicalTrainNumber,
  cimCheckDigit,
  containerCheckDigit,
  isAwb,
  isCimNumber,
  isContainerNumber,
  isTrainNumber,
  isUicWagon,
  isUldNumber,
  isUnLocode,
  uicWagonCheckDigit,
} from './identifiers.js';
export { homeHub, hubByCode, hubs, isHub, isPlaceOfHub, type Hub } from './reference/hubs.js';
export {
  hasMemorandum,
  isPartner,
  partnerByCode,
  partners,
  statementContinentOf,
  type Continent,
  type Partner,
  type StatementContinent,
} from './reference/partners.js';
export {
  isOneOfNine,
  portOfEntryByCode,
  portsOfEntry,
  type PortOfEntry,
  type PortOfEntryClass,
} from './reference/ports-of-entry.js';
export {
  allowsDirection,
  tradeModeByCode,
  tradeModes,
  type TradeMode,
  type TradeModel,
} from './reference/trade-modes.js';
export {
  bucketsOfPeriod,
  decimalsOf,
  decimalText,
  flowOf,
  flows,
  groupings,
  groupingsOf,
  growthRatio,
  openTally,
  systemsOf,
  type Bucket,
  type Filters,
  type Flow,
  type Grouping,
  type Query,
  type Tally,
  type TallyResult,
} from './query.js';
export {
  CountingRulesMismatch,
  type ApplyResult,
  type ShardChange,
  type ShardId,
  type ShardImage,
  type ShardStore,
  type StoredBucket,
  type StoredCell,
} from './shard-store.js';
export type { Generations, ShardSnapshot, SnapshotCell, SnapshotSource } from './generations.js';
export {
  defaultCellsMax,
  defaultSeriesMax,
  ShardView,
  type FoldRecord,
  type TakeOutcome,
  type ViewLimits,
} from './shard-view.js';
export {
  defaultMemoryLimits,
  identityLength,
  VersionMemory,
  type MemoryLimits,
  type Segment,
} from './version-memory.js';
export {
  expectationBits,
  latenessBoundsSeconds,
  latenessBucket,
  milestoneBit,
  qualityScore,
  qualityWeights,
  type QualityCounts,
  type QualityScore,
} from './carrier-quality.js';
