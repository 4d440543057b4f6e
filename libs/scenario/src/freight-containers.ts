/**
 * A pool of freight containers with valid ISO 6346 numbers, used one after the other.
 *
 * Boxes come back: the same number leaves Zhengzhou again weeks later, on another train. So a container's number never identifies an
 * event by itself; its train does so with it.
 */
import { containerCheckDigit } from '@landbridge/domain';

/** Owner and category letters. */
const owners = ['TBJU', 'ZIHU'] as const;
/** Boxes of the pool, more than half a year's trains use, so that no box is on two trains at once. */
const poolSize = 8_000;
/** A step that shares no factor with the pool size: it visits every box before any comes again, in an order that looks shuffled. */
const poolStep = 4_799;

/** The number of the nth container taken from the pool, from 0. */
export function containerNumber(taken: number): string {
  const box = (taken * poolStep) % poolSize;
  const body = owners[box % owners.length]! + String(310_000 + Math.floor(box / owners.length)).padStart(6, '0');
  return body + String(containerCheckDigit(body));
}
