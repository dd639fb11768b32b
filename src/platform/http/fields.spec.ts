import { describe, expect, it } from '@jest/globals';
import { InvalidData } from '../../kernel/domain-error.js';
import { Emails, Line, readFields, WholeParameter } from './fields.js';

class Named {
  @Line({ max: 5 })
  name!: string;
}

class Guest extends Named {
  @Emails({ max: 3, optional: true })
  friends?: string[];
}

class Other extends Named {
  @WholeParameter({ max: 9, standard: 1 })
  seat?: number;
}

const faultsOf = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    return (error as InvalidData).details;
  }
};

describe('The fields of a request', () => {
  it('are read as their class and those before it say, whatever else was sent', () => {
    const sent = { name: ' Ada ', friends: ['B@example.com'], seat: '3', more: true };
    expect({ ...readFields(Guest, sent) }).toEqual({ name: 'Ada', friends: ['b@example.com'] });
    expect({ ...readFields(Other, sent) }).toEqual({ name: 'Ada', seat: 3 });
    expect({ ...readFields(Named, sent) }).toEqual({ name: 'Ada' });
    expect(readFields(Guest, sent)).toBeInstanceOf(Guest);
  });

  it('are told of where they are wrong, all at once, each where it stands', () => {
    const sent = { name: 'Augusta', friends: ['b@example.com', 'nobody'] };
    expect(faultsOf(() => readFields(Guest, sent))).toEqual({
      name: 'name must be at most 5 characters',
      'friends.1': 'Invalid email format',
    });
    expect(faultsOf(() => readFields(Guest, {}))).toEqual({ name: 'name is required' });
  });
});
