/**
 * Canonical events as TrainRunningInformation and TrainRunningForecast, one train and one location a message.
 *
 * A location is told by the primary code that its railway gives out, and no open table relates those to UN/LOCODEs. So only the stations of
 * `rail-locations.ts` can be named: the hub's own, and the border crossings of the land bridge.
 */
import type { CanonicalEvent, EventData } from '@landbridge/contracts';
import { madeAtOf } from '../event-identity.js';
import { said, sayEach, unsayable, type Said, type WriteContext, type Writing } from '../message-writing.js';
import { telegraphCodeOf } from './rail-locations.js';
import { statusCodeOf } from './train-messages.js';
import { toTrainRunningForecast, toTrainRunningInformation, type TrainReport } from './train-running-message.js';

export const tafTsiWriting: Writing = {
  fromEvents: true,
  write: (items, context) => {
    const { told, left } = sayEach(items, ({ event }) => messageOf(event, context));
    return { messages: told.map(({ index, value }) => ({ text: value, indices: [index] })), left };
  },
};

function messageOf(event: CanonicalEvent, context: WriteContext): Said<string> {
  const { data } = event;
  if (data === undefined) return unsayable('$.data', 'a retraction repeats train and location, and they are not told');
  if (data.classifier === 'planned')
    return unsayable('$.data.classifier', 'TrainRunningInformation and TrainRunningForecast tell no plans');
  const train = trainOf(data.unit);
  if (train === undefined)
    return unsayable('$.data.unit', 'the messages are about trains with an identifier of the type TR');
  const status = statusCodeOf(data.milestone, data.direction);
  if (status === undefined) return unsayable('$.data.milestone', `a train has no status ${data.milestone}`);
  const station = data.place === undefined ? undefined : telegraphCodeOf(data.place);
  if (station === undefined)
    return unsayable('$.data.place', 'a location is named by the code that its railway gives out, which is not known');
  const correction = correctionOf(event, data, context);
  if (!correction.ok) return correction;
  const report: TrainReport = {
    ...train,
    number: data.transport?.service,
    undertaking: data.transport?.carrier,
    location: [station.country, station.code],
    status,
    time: event.time,
    ...correction.value,
  };
  return said(data.classifier === 'actual' ? toTrainRunningInformation(report) : toTrainRunningForecast(report));
}

/** The parts of `TR/0033/------X8015/00/2026/2026-03-03`. */
function trainOf({ type, id }: EventData['unit']): Pick<TrainReport, 'train' | 'startDate'> | undefined {
  const [kind, company, core, variant, year, startDate] = id.split('/');
  if (type !== 'train' || kind !== 'TR' || startDate === undefined) return undefined;
  return { train: [company!, core!, variant!, year!], startDate };
}

/** Corrections are numbered by the time of the message; so is each forecast, because the newest stands. */
function correctionOf(
  { revision, retracted }: CanonicalEvent,
  { classifier }: EventData,
  { madeAtMs }: WriteContext,
): Said<Pick<TrainReport, 'madeAt' | 'messageStatus'>> {
  if (revision === undefined && !retracted) return said({ madeAt: new Date(madeAtMs).toISOString() });
  const madeAt = madeAtOf(revision ?? 0);
  if (madeAt === undefined)
    return unsayable(
      '$.revision',
      'TAF TSI numbers corrections by the time at which they were made, and there is none',
    );
  return said({ madeAt, messageStatus: retracted ? '3' : classifier === 'estimated' ? '1' : '2' });
}
