/**
 * How JSON from strangers is looked into: by own names only, so that `constructor` and `__proto__` are names like any other and nothing
 * is found in a prototype.
 */
import type { FormatFault } from '../message-format.js';

/** An object of a parsed message. Read it with `own`, never by a name in brackets. */
export type JsonObject = { readonly [name: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the object itself holds under a name, or undefined; an explicit null is undefined too. */
export function own(object: unknown, name: string): unknown {
  return isObject(object) && Object.hasOwn(object, name) ? (object[name] ?? undefined) : undefined;
}

/** The text that the object itself holds under a name, without spaces around it, or undefined where there is none. */
export function ownText(object: unknown, name: string): string | undefined {
  const value = own(object, name);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** A list, from what may be one thing, many or none: JSON-LD and older DCSA senders write all three. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** The JSONPath (RFC 9535) of what an object or list holds. */
export function childPath(parent: string, child: string | number): string {
  if (typeof child === 'number') return `${parent}[${child}]`;
  return /^[A-Za-z_][A-Za-z0-9_]{0,60}$/.test(child)
    ? `${parent}.${child}`
    : `${parent}[${JSON.stringify(child.slice(0, 60))}]`;
}

/** How a value is quoted in a fault: texts cut to 40 characters, other things by their kind. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (value === undefined) return 'nothing';
  return Array.isArray(value) ? 'a list' : 'an object';
}

/** A value that was read, or the fault that says why not. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: FormatFault };

export function good<T>(value: T): Read<T> {
  return { ok: true, value };
}

export function bad(fault: FormatFault): { readonly ok: false; readonly fault: FormatFault } {
  return { ok: false, fault };
}
