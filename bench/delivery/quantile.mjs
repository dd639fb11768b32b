/** Of numbers in ascending order; null of none. */
export const quantile = (sorted, share) => sorted[Math.floor(sorted.length * share)] ?? null;
