import { describe, expect, it } from '@jest/globals';
import { sheet, table } from './layout.js';

describe('a table', () => {
  it('has its columns aligned under the names of the fields', () => {
    const people = [
      { email: 'ada@example.com', name: 'Ada', age: 36 },
      { email: 'bo@example.com', name: 'Bo 🚀', age: 7 },
    ];

    expect(table(people, ['email', 'name', 'age']).split('\n')).toEqual([
      'email            name  age',
      'ada@example.com  Ada   36',
      'bo@example.com   Bo 🚀  7',
    ]);
  });

  it('shows a dash where there is nothing', () => {
    expect(table([{ id: 'a', price: null }], ['id', 'price'])).toBe('id  price\na   -');
  });
});

describe('a sheet', () => {
  it('shows a field a line, and lists entry by entry', () => {
    const text = sheet({
      slug: 'intro',
      price: null,
      isActive: true,
      overrides: [],
      availability: [
        { day: 'MONDAY', start: '09:00' },
        { day: 'TUESDAY', start: '10:00' },
      ],
      questions: [{ id: 'size', options: ['1', '2'] }],
    });

    expect(text.split('\n')).toEqual([
      'slug:         intro',
      'price:        -',
      'isActive:     true',
      'overrides:    -',
      'availability:',
      '  day MONDAY, start 09:00',
      '  day TUESDAY, start 10:00',
      'questions:',
      '  id size, options 1, 2',
    ]);
  });
});
