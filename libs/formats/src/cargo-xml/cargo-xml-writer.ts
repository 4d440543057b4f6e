/**
 * Canonical events as XFSU: statuses of air waybills, actual, estimated or scheduled. What corrects, and what takes back, goes into
 * messages of its own, one for each time at which that was done. Places are airports.
 */
import type { CanonicalEvent } from '@landbridge/contracts';
import type { Classifier } from '@landbridge/domain';
import { airportOf } from '../air-event.js';
import { airStatusCodeOf } from '../air-statuses.js';
import { madeAtOf } from '../event-identity.js';
import { kilogramsText } from '../exact-quantity.js';
import { said, sayEach, unsayable, type EventToWrite, type Said, type Writing } from '../message-writing.js';
import { writeXfsu, type XfsuPurpose, type XfsuStatus } from './xfsu-message.js';

export const cargoXmlWriting: Writing = { fromEvents: true, write: writeStatuses };

interface Told {
  readonly purpose: XfsuPurpose;
  readonly status: XfsuStatus;
}

function writeStatuses(items: readonly EventToWrite[]): ReturnType<Extract<Writing, { fromEvents: true }>['write']> {
  const { told, left } = sayEach(items, toldOf);
  const byPurpose = Map.groupBy(told, ({ value: { purpose } }) => `${purpose.purpose} ${purpose.issuedAt}`);
  const messages = [...byPurpose.values()].map((group) => ({
    text: writeXfsu(
      group.map(({ value }) => value.status),
      group[0]!.value.purpose,
    ),
    indices: group.map(({ index }) => index),
  }));
  return { messages, left };
}

const timeTypes = { actual: 'A', estimated: 'E', planned: 'S' } as const satisfies Record<Classifier, string>;

function toldOf({ event, waybill = {} }: EventToWrite): Said<Told> {
  const { data } = event;
  if (data === undefined)
    return unsayable('$.data', 'an XFSU repeats the status that it takes back, and it is not told');
  if (data.unit.type !== 'awb')
    return unsayable('$.data.unit.type', 'an XFSU is about air waybills and no other units');
  const code = airStatusCodeOf(data.milestone);
  if (code === undefined) return unsayable('$.data.milestone', `XFSU has no status for ${data.milestone}`);
  const airport = airportOf(data.place, [waybill.origin, waybill.destination])?.iata;
  if (airport === undefined) return unsayable('$.data.place', 'an XFSU names places by airport, and there is none');
  const purpose = purposeOf(event);
  if (!purpose.ok) return purpose;
  const { pieces, weightGrams } = data.quantities ?? {};
  const isPart = pieces !== undefined && waybill.pieces !== undefined && pieces < waybill.pieces;
  const { reason } = event as { readonly reason?: unknown };
  return said({
    purpose: purpose.value,
    status: {
      awb: data.unit.id,
      origin: waybill.origin,
      destination: waybill.destination,
      pieces,
      weightKilograms: weightOf(weightGrams),
      whole: isPart
        ? { pieces: waybill.pieces!, weightKilograms: weightOf(waybill.weightGrams ?? weightGrams) }
        : undefined,
      code,
      airport,
      time: event.time,
      timeType: timeTypes[data.classifier],
      flight: data.transport?.service,
      carrier: data.transport?.carrier,
      reason: typeof reason === 'string' ? reason : undefined,
      ulds: (data.links ?? []).filter(({ type }) => type === 'uld').map(({ id }) => id),
    },
  });
}

function purposeOf({ retracted, revision }: CanonicalEvent): Said<XfsuPurpose> {
  if (!retracted && !revision) return said({ purpose: 'Creation' });
  const issuedAt = madeAtOf(revision ?? 0);
  if (issuedAt === undefined)
    return unsayable(
      '$.revision',
      'an XFSU numbers corrections by the time at which they were made, and there is none',
    );
  return said({ purpose: retracted ? 'Deletion' : 'Update', issuedAt });
}

function weightOf(grams: number | undefined): string | undefined {
  return grams === undefined ? undefined : kilogramsText(grams);
}
