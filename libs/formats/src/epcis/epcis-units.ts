/**
 * What an EPCIS event is about, and which of the hub's systems that belongs to.
 *
 * A document of transport decides first: an air waybill among the business transactions makes it an event of that waybill, whatever the
 * things on it are called. Then the things themselves: a container by its BIC code, a wagon by its GIAI or by a railway's passage. All
 * others are consignments of the port, the system of goods that nobody says more about. Names are the same for a URN and a Digital
 * Link. Lists are sets, so the first name in the order of its letters stands for a list.
 */
import { linksMax } from '@landbridge/contracts';
import { isAwb, isContainerNumber, isUicWagon, type System, type UnitType } from '@landbridge/domain';
import { childPath, bad, good, listOf, own, ownText, shown, type JsonObject, type Read } from '../json/json-values.js';
import { unitNameOf } from '../unit-name.js';
import { gs1LinkOf } from './gs1-names.js';

export const epcisRule = 'GS1 EPCIS 2.0';

export interface EpcisUnit {
  readonly type: UnitType;
  readonly id: string;
}

export interface EpcisUnits {
  readonly system: System;
  readonly unit: EpcisUnit;
  /** Everything else that the event names, at most `linksMax`. */
  readonly links: readonly EpcisUnit[];
}

/** Lists of single things, and of classes with quantities, by type of event; the first that holds anything gives the unit. */
const thingLists = ['epcList', 'childEPCs', 'outputEPCList', 'inputEPCList'] as const;
const classLists = ['quantityList', 'childQuantityList', 'outputQuantityList', 'inputQuantityList'] as const;

/** The units of an event. Problems: invalid_message where it names nothing, check_digit. @param path JSONPath of the event */
export function unitsOf(event: JsonObject, path: string): Read<EpcisUnits> {
  const things = thingsOf(event, path);
  if (!things.ok) return things;
  const awb = airWaybillOf(event, path);
  if (!awb.ok) return awb;
  const [first, ...others] = things.value;
  if (awb.value !== undefined)
    return good({ system: 'air', unit: { type: 'awb', id: awb.value }, links: things.value.slice(0, linksMax) });
  if (first === undefined)
    return bad({
      code: 'invalid_message',
      detail: 'the event does not say what it is about',
      path: childPath(path, ownText(event, 'type') === 'ObjectEvent' ? 'epcList' : 'parentID'),
      rule: `${epcisRule}, what dimension`,
      expected: 'epcList, quantityList or parentID with an EPC URN or a GS1 Digital Link',
    });
  const isRail = first.type === 'wagon' || isRailPassage(event);
  const unit = isRail && first.isAsset ? { type: 'wagon' as const, id: first.id } : { type: first.type, id: first.id };
  const links = others.slice(0, linksMax).map(({ type, id }) => ({ type, id }));
  return good({ system: isRail ? 'rail' : 'port', unit, links });
}

interface Thing extends EpcisUnit {
  /** Named by a GIAI, as rail vehicles are. */
  readonly isAsset: boolean;
}

/** The parent, then the things of each list in the order of their names, each once. */
function thingsOf(event: JsonObject, path: string): Read<readonly Thing[]> {
  const found = new Map<string, Thing>();
  const groups: (readonly (readonly [string, string])[])[] = [];
  const parent = ownText(event, 'parentID');
  if (parent !== undefined) groups.push([[parent, childPath(path, 'parentID')]]);
  for (const name of thingLists)
    groups.push(textsOf(listOf(own(event, name)), childPath(path, name), (item) => item, ''));
  for (const name of classLists)
    groups.push(textsOf(listOf(own(event, name)), childPath(path, name), (item) => own(item, 'epcClass'), '.epcClass'));
  for (const group of groups) {
    const things: Thing[] = [];
    for (const [text, at] of group) {
      const thing = thingOf(text, at);
      if (!thing.ok) return thing;
      things.push(thing.value);
    }
    for (const thing of things.toSorted((one, other) => (one.id < other.id ? -1 : one.id > other.id ? 1 : 0)))
      if (!found.has(thing.id)) found.set(thing.id, thing);
  }
  return good([...found.values()]);
}

function textsOf(
  items: readonly unknown[],
  path: string,
  textOf: (item: unknown) => unknown,
  suffix: string,
): readonly (readonly [string, string])[] {
  return items.flatMap((item, index) => {
    const text = textOf(item);
    return typeof text === 'string' && text.trim() !== ''
      ? [[text.trim(), `${childPath(path, index)}${suffix}`] as const]
      : [];
  });
}

function thingOf(text: string, path: string): Read<Thing> {
  const bic = /^urn:epc:id:bic:(.{1,20})$/.exec(text)?.[1];
  if (bic !== undefined) {
    if (isContainerNumber(bic)) return good({ type: 'container', id: bic, isAsset: false });
    return bad({
      code: 'check_digit',
      detail: `${shown(bic)} is not a container number with a right check digit`,
      path,
      rule: 'ISO 6346',
      expected: 'four letters, six digits and the check digit, such as CSQU3054383',
    });
  }
  const link = gs1LinkOf(text);
  const asset = /^https:\/\/id\.gs1\.org\/8004\/(.+)$/.exec(link ?? '')?.[1];
  // Railways put the twelve digits of a vehicle's number at the end of its GIAI.
  const wagon = asset?.slice(-12);
  if (wagon !== undefined && isUicWagon(wagon) && asset!.length > 12)
    return good({ type: 'wagon', id: wagon, isAsset: true });
  return good({ type: 'consignment', id: unitNameOf(link ?? text), isAsset: asset !== undefined });
}

/** The air waybill among the business transactions: a number of the right form at the end of an identifier, after a sign that it is one. */
function airWaybillOf(event: JsonObject, path: string): Read<string | undefined> {
  for (const [index, entry] of listOf(own(event, 'bizTransactionList')).entries()) {
    const text = ownText(entry, 'bizTransaction')?.slice(-200) ?? '';
    const type = ownText(entry, 'type') ?? '';
    const number = /(?:^|[/#:=])(\d{3}-\d{8})$/.exec(text)?.[1];
    if (number === undefined) continue;
    if (isAwb(number)) return good(number);
    // A transaction that is called a waybill has a wrong number; any other identifier may happen to look like one.
    if (/awb|waybill/i.test(type + text))
      return bad({
        code: 'check_digit',
        detail: `${shown(number)} is not an air waybill number with a right check digit`,
        path: `${childPath(`${path}.bizTransactionList`, index)}.bizTransaction`,
        rule: 'IATA Resolution 600a, air waybill number',
        expected: 'prefix and number such as 020-12345675',
      });
  }
  return good(undefined);
}

/** GS1's rail application names the passage of a train by this type of transaction. */
function isRailPassage(event: JsonObject): boolean {
  return listOf(own(event, 'bizTransactionList')).some((entry) =>
    (ownText(entry, 'type') ?? '').startsWith('urn:gs1:epcisapp:rail:'),
  );
}
