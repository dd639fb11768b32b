/** Whether this process wants more requests. While it drains it finishes those under way and asks for no others. */
export class Readiness {
  private isDraining = false;

  get draining(): boolean {
    return this.isDraining;
  }

  drain(): void {
    this.isDraining = true;
  }
}
