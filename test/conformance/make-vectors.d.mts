import type { Vector } from './vectors.mjs';

export const vectorsFolder: string;
export function makeVectors(after: string): Vector[];
export function writeVectors(vectors: Vector[], folder: string): Promise<void>;
