/**
 * The one check that makes an unknown value a canonical event: used by ingest on what carriers post and by consumers on what they read
 * from the log, so that nothing is counted that the door would have refused, whoever wrote it.
 */
import {
  hubs,
  isAwb,
  isContainerNumber,
  isHub,
  isPartner,
  portOfEntryByCode,
  portsOfEntry,
  tradeModeByCode,
  tradeModes,
  isUicWagon,
  isUldNumber,
  parseTimestamp,
  rankOf,
  type EventFacts,
  type System,
  type UnitType,
} from '@landbridge/domain';
import { Compile } from 'typebox/compile';
import { invalidTime, schemaFault } from './event-faults.js';
import { CanonicalEvent, systemOfType } from './event-schema.js';
import type { Problem } from './problems.js';

const schema = Compile(CanonicalEvent);

/** Events happen from 2000 (no daylight saving in the hub's zone since then) until 2100. */
const timeMinMs = Date.UTC(2000, 0, 1);
const timeMaxMs = Date.UTC(2100, 0, 1);

/** Whether an event may have happened then, epoch milliseconds. */
export function isPossibleTime(timeMs: number): boolean {
  return timeMs >= timeMinMs && timeMs < timeMaxMs;
}

/** A checked event, with what every consumer derives from it. */
export interface CheckedEvent {
  readonly event: CanonicalEvent;
  readonly system: System;
  /** When it happened, epoch milliseconds. */
  readonly timeMs: number;
  /** Order among the versions of the same id. */
  readonly rank: number;
  /** Undefined for a retraction without data. */
  readonly facts: EventFacts | undefined;
}

export type EventCheck = ({ readonly ok: true } & CheckedEvent) | { readonly ok: false; readonly problem: Problem };

/** Beyond the schema: the rule is said by standard where there is one, else by the member that it is of. */
const refuse = (code: Problem['code'], path: string, detail: string, rule: string, expected: string): EventCheck => ({
  ok: false,
  problem: { code, detail, path, rule, expected },
});

/**
 * Checks an unknown value: schema, type, time, references, identifiers.
 * Problems: invalid_event, unknown_type, invalid_time, quantity_out_of_range, data_missing, revision_missing, unknown_hub,
 * unknown_partner, unknown_trade_mode, unknown_port_of_entry, check_digit. The path is a JSONPath from the event.
 */
export function checkEvent(value: unknown): EventCheck {
  if (!schema.Check(value)) return { ok: false, problem: schemaFault(value, (kept) => schema.Errors(kept)) };
  const event: CanonicalEvent = value;
  const system = systemOfType(event.type)!;
  const timeMs = parseTimestamp(event.time);
  if (timeMs === undefined || !isPossibleTime(timeMs)) return { ok: false, problem: invalidTime(event.time) };
  if (event.previoussubject !== undefined && !event.revision)
    return refuse(
      'revision_missing',
      '$.revision',
      'a move from another subject needs a revision of at least 1',
      'Landbridge event v1, previoussubject',
      'an integer from 1',
    );
  if (!event.data && !event.retracted)
    return refuse(
      'data_missing',
      '$.data',
      'only a retraction may leave out its data',
      'Landbridge event v1, data',
      'data, or "retracted": true',
    );
  if (event.data) {
    const fault = referenceFault(event.data);
    if (fault) return fault;
  }
  const rank = rankOf(event.revision ?? 0, event.retracted ?? false);
  return { ok: true, event, system, timeMs, rank, facts: event.data };
}

const oneOf = (known: readonly { readonly code: string }[]): string =>
  `one of ${known.map(({ code }) => code).join(', ')}`;
const knownHubs = oneOf(hubs);
const knownTradeModes = oneOf(tradeModes);
const knownPorts = oneOf(portsOfEntry);

function referenceFault(data: NonNullable<CanonicalEvent['data']>): EventCheck | undefined {
  if (!isHub(data.hub))
    return refuse(
      'unknown_hub',
      '$.data.hub',
      `no hub has the code ${data.hub}`,
      'Landbridge event v1, data.hub',
      knownHubs,
    );
  if (data.partner !== undefined && data.partner !== 'CN' && !isPartner(data.partner))
    return refuse(
      'unknown_partner',
      '$.data.partner',
      `${data.partner} is not CN or a known partner`,
      'ISO 3166-1, alpha-2 codes',
      'the ISO 3166-1 alpha-2 code of a country or region, such as LU',
    );
  if (data.tradeMode !== undefined && !tradeModeByCode(data.tradeMode))
    return refuse(
      'unknown_trade_mode',
      '$.data.tradeMode',
      `no trade mode has the code ${data.tradeMode}`,
      'China customs, codes of supervision modes',
      knownTradeModes,
    );
  if (data.portOfEntry !== undefined && !portOfEntryByCode(data.portOfEntry))
    return refuse(
      'unknown_port_of_entry',
      '$.data.portOfEntry',
      `no port of entry has the code ${data.portOfEntry}`,
      'Landbridge event v1, data.portOfEntry',
      knownPorts,
    );
  if (!isValidUnitId(data.unit))
    return refuse(
      'check_digit',
      '$.data.unit.id',
      `${data.unit.id} is not a valid ${data.unit.type} id`,
      ...idForms[data.unit.type]!,
    );
  const links = data.links ?? [];
  const bad = links.findIndex((link) => !isValidUnitId(link));
  if (bad >= 0)
    return refuse(
      'check_digit',
      `$.data.links[${bad}].id`,
      `${links[bad]!.id} is not a valid ${links[bad]!.type} id`,
      ...idForms[links[bad]!.type]!,
    );
  return undefined;
}

const idRules: { readonly [type in UnitType]?: (id: string) => boolean } = {
  awb: isAwb,
  container: isContainerNumber,
  uld: isUldNumber,
  // Wagons of the 1520 mm gauge have eight digits and another rule; only the UIC form has a check digit to test.
  wagon: (id) => id.length !== 12 || isUicWagon(id),
};

/** Of each type that has such a rule: the standard, and what it expects. */
const idForms: { readonly [type in UnitType]?: readonly [rule: string, expected: string] } = {
  awb: [
    'IATA Resolution 600a, air waybill number',
    'prefix and number, the last digit being the remainder of the seven before it by 7, such as 020-12345675',
  ],
  container: ['ISO 6346, check digit', 'four letters, six digits and their check digit, such as CSQU3054383'],
  uld: [
    'IATA ULD Regulations, identification code',
    'three letters, four or five digits and the owner, such as PMC72534CV',
  ],
  wagon: ['UIC 438-2, check digit', 'twelve digits, the last being the check digit of the others'],
};

/** The check digit or syntax rule of ids of a unit type, or undefined where any id will do. */
export function unitIdRule(type: UnitType): ((id: string) => boolean) | undefined {
  return idRules[type];
}

function isValidUnitId({ type, id }: { readonly type: UnitType; readonly id: string }): boolean {
  return idRules[type]?.(id) ?? true;
}
