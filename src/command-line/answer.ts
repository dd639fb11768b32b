/** What came of a command: its value for programs, and the same as text for people. */
export interface Answer {
  readonly value: unknown;
  readonly text: string;
  /** One sentence, if what was found is itself a reason to fail. */
  readonly fault?: string;
}
