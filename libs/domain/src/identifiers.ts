/**
 * Identifiers of transport units: their syntax and check digits.
 *
 * Every `isX` is about one canonical spelling (upper case, no spaces), so that one unit has one name and one Kafka key; a reader of a
 * carrier's format normalises first. Check digits catch typing errors, not all of them: what each one cannot see is said beside it.
 * The `xCheckDigit` functions take a well-formed body and throw a RangeError on anything else, which is a bug of the caller.
 */

/**
 * Whether the text is an air waybill number `PPP-SSSSSSSC`: airline prefix, serial, check digit 0..6.
 * Blind spots: the prefix is not covered, and a serial digit changed by exactly 7 (0-7, 1-8, 2-9) goes unseen.
 */
export function isAwb(text: string): boolean {
  return /^\d{3}-\d{7}[0-6]$/.test(text) && awbCheckDigit(text.slice(4, 11)) === Number(text[11]);
}

/** The check digit of an air waybill's 7-digit serial: the serial as a whole number modulo 7, not a sum of its digits. */
export function awbCheckDigit(serial: string): number {
  return Number(wellFormed(serial, /^\d{7}$/)) % 7;
}

/**
 * Whether the text is an ISO 6346 freight container number: owner, category U, J or Z, serial, check digit.
 * Blind spots: letters whose values are 11 or 22 apart (A, K and U for one), and a change that moves the remainder between 0 and 10,
 * which share the digit 0.
 */
export function isContainerNumber(text: string): boolean {
  return /^[A-Z]{3}[UJZ]\d{7}$/.test(text) && containerCheckDigit(text.slice(0, 10)) === Number(text[10]);
}

/** The check digit of a container's owner, category and serial (10 characters): values times 2^position, modulo 11, ten becoming 0. */
export function containerCheckDigit(body: string): number {
  wellFormed(body, /^[A-Z]{3}[UJZ]\d{6}$/);
  let sum = 0;
  for (let i = 0; i < body.length; i++) sum += containerValueOf(body.charCodeAt(i)) * 2 ** i;
  return (sum % 11) % 10;
}

/** A digit is itself; letters count up from A = 10 and pass over 11, 22 and 33, which are 0 modulo 11 and would hide their letter. */
function containerValueOf(code: number): number {
  if (code < 65) return code - 48;
  const rank = code - 65; // A is 0
  return 10 + rank + (rank >= 1 ? 1 : 0) + (rank >= 11 ? 1 : 0) + (rank >= 21 ? 1 : 0);
}

/**
 * Whether the text can be a unit load device's number: type, 4 or 5 digits, owner of 2 or 3 characters, at most 10 in all.
 * There is no check digit, so this is syntax only.
 */
export function isUldNumber(text: string): boolean {
  return text.length <= 10 && /^[A-Z]{3}\d{4,5}[A-Z0-9]{2,3}$/.test(text);
}

/**
 * Whether the text is a UIC wagon number: 11 digits (type, country, characteristics, serial) and their Luhn digit.
 * Wagons of the 1520 mm railways have 8-digit numbers and are not meant here. Blind spot: 0 and 9 exchanged side by side.
 */
export function isUicWagon(text: string): boolean {
  return /^\d{12}$/.test(text) && uicWagonCheckDigit(text.slice(0, 11)) === Number(text[11]);
}

/** The check digit of the first 11 digits of a UIC wagon number. */
export function uicWagonCheckDigit(body: string): number {
  return luhnDigit(wellFormed(body, /^\d{11}$/));
}

/**
 * Whether the text is the number part of a CIM consignment identification: 5 digits and their Luhn digit. Country, station and carrier,
 * which make it unique, are fields of their own and not covered by the digit.
 */
export function isCimNumber(text: string): boolean {
  return /^\d{6}$/.test(text) && cimCheckDigit(text.slice(0, 5)) === Number(text[5]);
}

/** The check digit of a 5-digit CIM consignment number. */
export function cimCheckDigit(body: string): number {
  return luhnDigit(wellFormed(body, /^\d{5}$/));
}

/** Luhn: from the right, digits times 2, 1, 2, ...; the digits of the products are added and filled up to the next ten. */
function luhnDigit(digits: string): number {
  let sum = 0;
  for (let i = digits.length - 1, doubled = true; i >= 0; i--, doubled = !doubled) {
    const product = Number(digits[i]) * (doubled ? 2 : 1);
    sum += product > 9 ? product - 9 : product;
  }
  return (10 - (sum % 10)) % 10;
}

/**
 * Whether the text has the form of a UN/LOCODE: country and place, the place without 0 and 1. Form only: `CNCGZ` is a valid code, but of
 * Chongzuo and not of Zhengzhou, so a place is looked up and never guessed from an IATA code.
 */
export function isUnLocode(text: string): boolean {
  return /^[A-Z]{2}[A-Z2-9]{3}$/.test(text);
}

/**
 * The canonical number of a China-Europe or Central Asia train, `X8155` for `8155` and `X8155`, or undefined for other texts.
 * Numbers repeat: a train is its number with its origin and departure date.
 */
export function canonicalTrainNumber(text: string): string | undefined {
  if (!/^X?[89]\d{3}$/.test(text)) return undefined;
  return text.startsWith('X') ? text : `X${text}`;
}

/** Whether the text is a train number in its canonical form, with the X. */
export function isTrainNumber(text: string): boolean {
  return canonicalTrainNumber(text) === text;
}

function wellFormed(body: string, form: RegExp): string {
  if (!form.test(body))
    throw new RangeError(`a check digit was asked for "${body}", which is not of the form ${form.source}`);
  return body;
}
