import { describe, expect, it } from '@jest/globals';
import { eventsOf, gate, message, status } from './test-messages.js';

describe('codes', () => {
  it.each([
    ['34', 'gate-in'],
    ['109', 'gate-in'],
    ['36', 'gate-out'],
    ['111', 'gate-out'],
    ['77', 'codeco-77'],
  ])('reads CODECO %s as %s', (code, milestone) => {
    expect(eventsOf(gate(code))[0]!.data!.milestone).toBe(milestone);
  });

  it.each([
    ['44', '2', 'discharged'],
    ['119', '3', 'discharged'],
    ['181', '3', 'discharged'],
    ['46', '3', 'loaded'],
    ['122', '2', 'loaded'],
    ['270', '2', 'loaded'],
    ['98', '3', 'discharged'],
    ['98', '2', 'loaded'],
    ['98', '6', 'discharged'],
    ['24', '2', 'coarri-24'],
  ])('reads COARRI %s with status %s as %s', (code, equipmentStatus, milestone) => {
    const text = message(
      'COARRI',
      `BGM+${code}+1+9`,
      'TDT+20',
      `EQD+CN+APZU4812090+22G1++${equipmentStatus}`,
      'DTM+203:202603030915:203',
      'LOC+165+CNZGZ',
    );
    expect(eventsOf(text)[0]!.data!.milestone).toBe(milestone);
  });

  it.each([
    ['1', 'arrived'],
    ['12', 'released'],
    ['16', 'border-crossed'],
    ['17', 'held'],
    ['18', 'damaged'],
    ['20', 'delayed'],
    ['21', 'delivered'],
    ['24', 'departed'],
    ['25', 'departure-delayed'],
    ['28', 'stripped'],
    ['29', 'discharged'],
    ['31', 'en-route'],
    ['48', 'loaded'],
    ['50', 'manifested'],
    ['74', 'received'],
    ['78', 'released'],
    ['83', 'sealed'],
    ['93', 'stuffed'],
    ['100', 'transhipped'],
    ['101', 'transit-delayed'],
    ['024', 'departed'],
    ['24::6', 'departed'],
    ['24::ABC', 'iftsta-24'],
    ['999', 'iftsta-999'],
    ['P::HS', 'iftsta-p'],
    ['', 'iftsta-none'],
  ])('reads the status %s as %s', (code, milestone) => {
    expect(eventsOf(status(`1+${code}`))[0]!.data!.milestone).toBe(milestone);
  });
});
