/**
 * Tells where in an ascending list the first number stands that is no less than another: its index, or the length of the list. It
 * need not search the whole list, but one of as many equal parts of its span as there are numbers: a few, where they are spread
 * about evenly, and at worst all of them, by halves.
 */
export function placesIn(ascending: readonly number[]): (least: number) => number {
  const size = ascending.length;
  const first = ascending[0] ?? 0;
  const last = ascending[size - 1] ?? 0;
  const partsToOne = size / (last - first + 1);
  const partOf = (number: number) => Math.floor((number - first) * partsToOne);

  const begins = new Int32Array(size + 1); // of each part, and the end of the last
  for (let i = 0; i < size; i += 1) begins[partOf(ascending[i]!) + 1]! += 1;
  for (let part = 1; part <= size; part += 1) begins[part]! += begins[part - 1]!;

  return (least) => {
    if (least <= first) return 0;
    if (least > last) return size;
    const part = partOf(least);
    let low = begins[part]!;
    let high = begins[part + 1]!;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ascending[middle]! < least) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
