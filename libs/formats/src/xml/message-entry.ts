/**
 * One statement of an XML message on its way to an event. What cannot be read is thrown as a refusal from wherever it is noticed and
 * caught once for the entry, so that the other entries of the message stand and the readers read like the message.
 */
import { quantityMax, type CanonicalEvent, type ProblemCode } from '@landbridge/contracts';
import { exactQuantity, type UnitFactor } from '../exact-quantity.js';
import type { FormatFault, MessageItem, MessageReading, ReadContext } from '../message-format.js';
import type { Waybill } from '../message-writing.js';
import { childOf, type XmlDocument, type XmlElement } from './xml-tree.js';

/** What is wrong in the words of `FormatFault`, without the place. */
interface EntryProblem {
  readonly code?: ProblemCode;
  readonly detail: string;
  readonly expected?: string;
}

class EntryRefusal extends Error {
  constructor(readonly fault: FormatFault) {
    super(fault.detail);
  }
}

/** Longest and simplest id that a unit may have. */
const unitIdForm = /^[\x20-\x7e\u00a0-\ud7ff\uf900-\ufffd]{1,80}$/;

/** An element and its document: values by name, or a refusal that names the place and the rule. */
export class MessageEntry {
  constructor(
    readonly document: XmlDocument,
    readonly element: XmlElement,
    /** The part of the standard that the values stand under: `CEB 202205, Order`. */
    readonly rule: string,
  ) {}

  /** The event that `read` makes, with its waybill where it has one; or the refusal of either as a fault of this entry alone. */
  item(read: () => CanonicalEvent, readWaybill?: () => Waybill): MessageItem {
    try {
      const event = read();
      const path = this.document.pathOf(this.element);
      return { ok: true, event, path, ...(readWaybill === undefined ? {} : { waybill: readWaybill() }) };
    } catch (error) {
      if (!(error instanceof EntryRefusal)) throw error;
      return { ok: false, id: null, fault: error.fault };
    }
  }

  /** Ends the reading of this entry. The place is that of the element given, or of the entry. */
  refuse(problem: EntryProblem, at?: XmlElement): never {
    throw new EntryRefusal(this.faultOf(problem, at));
  }

  /** The refusal of the whole message. */
  refusal(problem: EntryProblem): { readonly ok: false; readonly fault: FormatFault } {
    return { ok: false, fault: this.faultOf(problem) };
  }

  /**
   * The items of a message's list, or the message's refusal: too_many_events, invalid_message for an empty list.
   * @param name of what the list holds, for the refusal: `<Order>`
   */
  list<T>(
    entries: readonly T[],
    name: string,
    { eventsMax }: ReadContext,
    itemOf: (entry: T) => MessageItem,
  ): MessageReading {
    if (entries.length === 0) return this.refusal({ detail: `there is no ${name}`, expected: `at least one ${name}` });
    if (entries.length <= eventsMax) return { ok: true, items: entries.map(itemOf) };
    return this.refusal({
      code: 'too_many_events',
      detail: `the message has ${entries.length} of ${name}`,
      expected: `at most ${eventsMax}`,
    });
  }

  private faultOf(problem: EntryProblem, at: XmlElement = this.element): FormatFault {
    return {
      code: problem.code ?? 'invalid_message',
      detail: problem.detail,
      path: this.document.pathOf(at),
      rule: this.rule,
      ...(problem.expected === undefined ? {} : { expected: problem.expected }),
    };
  }

  /** The element at a path of child names. */
  find(...names: readonly string[]): XmlElement | undefined {
    let at: XmlElement | undefined = this.element;
    for (const name of names) at = childOf(at, name);
    return at;
  }

  /** Text at a path; undefined where it is missing or empty. */
  text(...names: readonly string[]): string | undefined {
    const text = this.find(...names)?.text;
    return text === '' ? undefined : text;
  }

  /** A part of the entry: the same document and rule, another element. */
  at(element: XmlElement): MessageEntry {
    return new MessageEntry(this.document, element, this.rule);
  }

  /** The part of this name. Refusal: invalid_message where there is none. */
  part(name: string): MessageEntry {
    const element = this.find(name);
    return element ? this.at(element) : this.refuse({ detail: `${name} is missing`, expected: `<${name}>` });
  }

  /** All parts of this name directly below the element, in their order. */
  all(name: string): readonly MessageEntry[] {
    return this.element.children.filter((child) => child.name === name).map((child) => this.at(child));
  }

  /** A number that names a unit. Fault: invalid_message. */
  unitId(...names: readonly string[]): string {
    const id = this.optionalUnitId(...names);
    return id ?? this.refuse({ detail: `${names.join('/')} is missing`, expected: 'the number of the unit' });
  }

  optionalUnitId(...names: readonly string[]): string | undefined {
    const id = this.text(...names);
    if (id === undefined || unitIdForm.test(id)) return id;
    return this.refuse(
      { detail: `${names.join('/')} is no number: ${cut(id)}`, expected: 'at most 80 printable characters' },
      this.find(...names),
    );
  }

  /** A quantity in base units, or undefined where it is not given. Faults: invalid_message, quantity_out_of_range. */
  quantity(unit: UnitFactor, ...names: readonly string[]): number | undefined {
    const text = this.text(...names);
    if (text === undefined) return undefined;
    const quantity = exactQuantity(text, unit);
    if (quantity === undefined)
      return this.refuse(
        { detail: `${names.join('/')} is no quantity: ${cut(text)}`, expected: 'a decimal number' },
        this.find(...names),
      );
    if (quantity > quantityMax)
      return this.refuse(
        {
          code: 'quantity_out_of_range',
          detail: `${names.join('/')} is too large: ${cut(text)}`,
          expected: `at most ${Math.floor((quantityMax * Number(unit.denominator)) / Number(unit.numerator))}`,
        },
        this.find(...names),
      );
    return quantity;
  }
}

/** A text of the message in a fault's detail: at most 40 characters of it. */
export function cut(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/** An object without its undefined fields, or undefined where nothing is left. */
export function withoutUndefined<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }):
  | T
  | undefined {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : (Object.fromEntries(given) as T);
}
