export interface Vector {
  readonly name: string;
  /** The date (`YYYY-MM-DD`) on which the days of all vectors follow. */
  readonly after: string;
}

export function readVectors(folder: string): Promise<Vector[]>;
