/** How many are served in one go at most. */
const MOST = 100;
/** For how long others wait behind a go. */
const PATIENCE_MS = 100;

interface Waiting<Asked, Answer> {
  readonly asked: Asked;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Serves many who ask for the same kind of thing together, for what one go costs. Who asks first is served at once; all who ask while a go
 * is under way share the next, so that groups are as large as there is much to do. Behind a go that takes longer than a tenth of a
 * second nobody waits: the next begins beside it.
 */
export class Together<Asked, Answer> {
  private waiting: Waiting<Asked, Answer>[] = [];
  private isUnderWay = false;

  /**
   * `serve` returns one answer for each that is asked, in that order. If it throws, so does each `ask` it was called for. One that `rests`
   * does so after each go, for as long as that took: it leaves half of the time to others who need the same database.
   */
  constructor(
    private readonly serve: (asked: readonly Asked[]) => Promise<readonly Answer[]>,
    private readonly manners: { readonly rests: boolean } = { rests: false },
  ) {}

  ask(asked: Asked): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ asked, resolve, reject });
      if (!this.isUnderWay) this.serveNext();
    });
  }

  private serveNext(): void {
    const group = this.waiting.splice(0, MOST);
    this.isUnderWay = true;
    let isWaitedFor = true;
    const goOn = () => {
      if (!isWaitedFor) return;
      isWaitedFor = false;
      clearTimeout(patience);
      if (this.waiting.length > 0) this.serveNext();
      else this.isUnderWay = false;
    };
    const patience = setTimeout(goOn, PATIENCE_MS);
    const begun = performance.now();
    const end = () => {
      if (this.manners.rests) setTimeout(goOn, performance.now() - begun);
      else goOn();
    };
    this.serve(group.map(({ asked }) => asked)).then(
      (answers) => {
        group.forEach(({ resolve }, place) => resolve(answers[place]!));
        end();
      },
      (error: unknown) => {
        for (const { reject } of group) reject(error);
        end();
      },
    );
  }
}
