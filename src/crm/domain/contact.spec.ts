import { Instant } from '@js-joda/core';
import { describe, expect, it } from '@jest/globals';
import type { InvalidData } from '../../kernel/domain-error.js';
import { Contact, type GivenContactDetails } from './contact.js';

const now = Instant.parse('2026-02-10T12:00:00Z');
const later = now.plusSeconds(60);
const origin = { id: 'contact', ownerId: 'owner', source: 'API' } as const;
const ada = { name: 'Ada Lovelace', email: 'ada@example.com' };

const create = (given: GivenContactDetails) => Contact.create(given, origin, now);

describe('a new contact', () => {
  it('is kept trimmed and composed, its address in lower case', () => {
    const given = {
      name: ' Zoe\u0308 ',
      email: ' Zoe@Example.COM ',
      phone: ' +44 20 7946 0000 ',
      company: ' ACME ',
      notes: ' Two\nlines ',
    };

    expect(create(given).state).toEqual({
      ...origin,
      name: 'Zoë',
      email: 'zoe@example.com',
      phone: '+44 20 7946 0000',
      company: 'ACME',
      notes: 'Two\nlines',
      createdAt: now,
      updatedAt: now,
    });
  });

  it('needs a name and an address, and nothing else', () => {
    expect(create({ ...ada, phone: '', company: ' ', notes: null }).state).toMatchObject({
      phone: null,
      company: null,
      notes: null,
    });
    expect(faultsOf(() => create({}))).toEqual({ name: 'name is required', email: 'email is required' });
    expect(faultsOf(() => create({ name: null, email: ' ' }))).toEqual({
      name: 'name is required',
      email: 'email is required',
    });
  });

  it('tells all that is wrong at once', () => {
    const given = { name: 'a\r\nBcc: x', email: 'ada', phone: '1'.repeat(33), company: 'a\tb', notes: 'a\0' };

    expect(faultsOf(() => create(given))).toEqual({
      name: 'name must not contain control characters',
      email: 'Invalid email format',
      phone: 'phone must be at most 32 characters',
      company: 'company must not contain control characters',
      notes: 'notes must not contain control characters',
    });
  });

  it('may have texts up to their limits, counted as people count', () => {
    const longest = {
      name: '🐎'.repeat(200),
      phone: '1'.repeat(32),
      company: '🐎'.repeat(200),
      notes: '🐎'.repeat(10_000),
    };

    expect(faultsOf(() => create({ ...ada, ...longest }))).toEqual({});
    expect(
      Object.keys(
        faultsOf(() =>
          create({
            ...ada,
            name: `${longest.name}x`,
            company: `${longest.company}x`,
            notes: `${longest.notes}x`,
          }),
        ),
      ),
    ).toEqual(['name', 'company', 'notes']);
  });

  it('is told of', () => {
    expect(create({ ...ada, phone: '1' }).events).toEqual([
      {
        name: 'contact.created',
        ownerId: 'owner',
        subjectId: 'contact',
        occurredAt: now,
        data: {
          id: 'contact',
          ...ada,
          phone: '1',
          company: null,
          notes: null,
          source: 'API',
          createdAt: '2026-02-10T12:00:00.000Z',
          updatedAt: '2026-02-10T12:00:00.000Z',
        },
      },
    ]);
  });
});

describe('a known contact', () => {
  const known = () =>
    Contact.of({ ...create({ ...ada, phone: '1', company: 'ACME', notes: 'Met in Rome' }).state });

  it('is changed in what the patch speaks of', () => {
    const contact = known();

    expect(contact.change({ name: 'Grace', phone: null, company: '' }, later)).toBe(true);
    expect(contact.state).toEqual({
      ...known().state,
      name: 'Grace',
      phone: null,
      company: null,
      updatedAt: later,
    });
    expect(contact.events).toEqual([]);
  });

  it('is as it was after a change to what it already is', () => {
    const contact = known();

    expect(contact.change({}, later)).toBe(false);
    expect(contact.change({ name: ' Ada Lovelace', email: 'ADA@example.com' }, later)).toBe(false);
    expect(contact.state).toEqual(known().state);
  });

  it('cannot lose its name or address', () => {
    const contact = known();

    expect(faultsOf(() => contact.change({ name: null, email: '', phone: '2' }, later))).toEqual({
      name: 'name is required',
      email: 'email is required',
    });
    expect(contact.state).toEqual(known().state);
  });

  it('takes only what was not known yet', () => {
    const contact = Contact.of(create({ ...ada, company: 'ACME' }).state);

    expect(contact.fillBlanks({ name: 'A. L.', phone: ' 1 ', company: 'Other' }, later)).toBe(true);
    expect(contact.state).toMatchObject({ ...ada, phone: '1', company: 'ACME', updatedAt: later });
    expect(contact.fillBlanks({ phone: '2' }, later)).toBe(false);
    expect(contact.fillBlanks({ notes: null }, later)).toBe(false);
  });
});

function faultsOf(act: () => unknown): Readonly<Record<string, string>> {
  try {
    act();
    return {};
  } catch (error) {
    return (error as InvalidData).details;
  }
}
