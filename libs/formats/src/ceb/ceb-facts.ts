/** What a CEB document tells beside its status: where, how much, by which means, and which other units it names. */
import { linksMax, quantityMax, type CanonicalEvent } from '@landbridge/contracts';
import { kilogram, piece, yuan } from '../exact-quantity.js';
import { withoutUndefined, type MessageEntry } from '../xml/message-entry.js';
import type { CebKind } from './ceb-documents.js';
import { customsZone } from './ceb-time.js';
import { districtOf, officeOfList } from './customs-offices.js';

type EventData = NonNullable<CanonicalEvent['data']>;
type Unit = EventData['unit'];
type Quantities = NonNullable<EventData['quantities']>;

/**
 * Import is inbound and export outbound where a customs office of the hub has the matter in hand. Of another office, or where none is
 * told, it is transit: it cannot be counted here.
 */
export function whereOf(
  trade: CebKind['trade'],
  head: MessageEntry,
  hub: string,
): Pick<EventData, 'hub' | 'place' | 'timeZone' | 'direction'> {
  const office = head.text('customsCode') ?? officeOfList(head.text('invtNo') ?? '');
  const district = office === undefined ? undefined : districtOf(office);
  const isHere = district?.hub === hub;
  return {
    hub,
    ...(district ? { place: district.place } : {}),
    timeZone: customsZone,
    direction: isHere && trade === 'import' ? 'inbound' : isHere && trade === 'export' ? 'outbound' : 'transit',
  };
}

/** Customs codes of the way of transport; the others are bonded zones and the like, where nothing moves. */
const transportModes = new Map<string, 'sea' | 'rail' | 'road' | 'air' | 'post'>([
  ['2', 'sea'],
  ['3', 'rail'],
  ['4', 'road'],
  ['5', 'air'],
  ['6', 'post'],
]);

/** Mode and number of the means of transport, where the message has both codes that we know and a number that is one. */
export function transportOf(head: MessageEntry): Pick<EventData, 'transport'> {
  const mode = transportModes.get(head.text('trafMode') ?? '');
  if (!mode) return {};
  const service = [head.text('trafNo'), head.text('voyageNo')].find((text) =>
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(text ?? ''),
  );
  return { transport: { mode, ...(service === undefined ? {} : { service }) } };
}

/** Yuan by their customs code; amounts in other currencies are left out, because nothing here converts them. */
const yuanCode = '142';

/** Packages, gross weight and value, as far as they are told. */
export function quantitiesOf(kind: CebKind, head: MessageEntry, entry: MessageEntry): Pick<EventData, 'quantities'> {
  const quantities = withoutUndefined<Quantities>({
    pieces: head.quantity(piece, 'packNo'),
    weightGrams: head.quantity(kilogram, 'grossWeight') ?? head.quantity(kilogram, 'weight'),
    valueFen: valueOf(kind, head, entry),
  });
  return quantities ? { quantities } : {};
}

function valueOf(kind: CebKind, head: MessageEntry, entry: MessageEntry): number | undefined {
  if (kind.document === 'list') return sumOfLines(entry.all('InventoryList'), head);
  if (kind.document === 'order') return yuanAt(head, 'goodsValue');
  if (kind.document !== 'payment') return undefined;
  return yuanAt(head, kind.trade === 'import' ? 'amountPaid' : 'charge');
}

/** The lines of a list, exactly; undefined where one of them has no value or is in another currency. */
function sumOfLines(lines: readonly MessageEntry[], head: MessageEntry): number | undefined {
  const values = lines.map((line) => yuanAt(line, 'totalPrice'));
  if (values.length === 0 || values.includes(undefined)) return undefined;
  const sum = values.reduce<number>((total, value) => total + value!, 0);
  if (sum > quantityMax)
    head.refuse({ code: 'quantity_out_of_range', detail: 'the lines are worth too much together' });
  return sum;
}

function yuanAt(part: MessageEntry, field: string): number | undefined {
  return part.text('currency') === yuanCode ? part.quantity(yuan, field) : undefined;
}

const linkFields = [
  ['orderNo', 'consignment'],
  ['logisticsNo', 'parcel'],
  ['billNo', 'consignment'],
  ['invtNo', 'declaration'],
  ['sumNo', 'declaration'],
] as const;

/** Units that the document names beside its own, each once. Beyond `linksMax` they stand in the original only. */
export function linksOf(unit: Unit, head: MessageEntry, entry: MessageEntry): Pick<EventData, 'links'> {
  const links = new Map<string, Unit>();
  const lines = entry.element.children.filter(({ name }) => name.endsWith('List') || name.endsWith('ListRd'));
  for (const part of [head, ...lines.map((line) => entry.at(line))]) {
    if (links.size >= linksMax) break;
    for (const [field, type] of linkFields) {
      const id = part.optionalUnitId(field);
      if (id !== undefined && !(id === unit.id && type === unit.type)) links.set(`${type}/${id}`, { type, id });
    }
  }
  return links.size > 0 ? { links: [...links.values()].slice(0, linksMax) } : {};
}
