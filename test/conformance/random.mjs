/** Numbers that a seed decides (mulberry32). */
export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  /** From 0 to 1, without 1. */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number, both ends included. */
  whole(min, max) {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  pick(choices) {
    return choices[this.whole(0, choices.length - 1)];
  }

  chance(probability) {
    return this.next() < probability;
  }
}
