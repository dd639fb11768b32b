import { Foundation1790000000000 } from './1790000000000-foundation.js';

/** Every migration by name, in order. */
export const migrations = [Foundation1790000000000];
