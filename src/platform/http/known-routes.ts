/** Which methods each path answers to: what tells a path nobody knows (404) from a method it has not (405). */
export class KnownRoutes {
  private readonly routes: { path: RegExp; methods: Set<string> }[] = [];
  private readonly byPattern = new Map<string, Set<string>>();
  private readonly open = new Set<string>();

  add(pattern: string, methods: string | string[]): void {
    let known = this.byPattern.get(pattern);
    if (!known) {
      known = new Set();
      this.byPattern.set(pattern, known);
      const path = pattern
        .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
        .replace(/:[^/]+/g, '[^/]+')
        .replace(/\*/g, '.*');
      this.routes.push({ path: new RegExp(`^${path}$`), methods: known });
    }
    for (const method of [methods].flat()) known.add(method);
  }

  /** The methods of a path (without its query), OPTIONS among them; none for a path nobody knows. */
  methodsOf(path: string): string[] {
    const methods = new Set<string>();
    for (const route of this.routes) {
      if (route.path.test(path)) for (const method of route.methods) methods.add(method);
    }
    return methods.size === 0 ? [] : [...methods.add('OPTIONS')].sort();
  }

  /** Lets pages of other sites use a path (it has no parameters); of no other is a browser told that it may be read from elsewhere. */
  openToOtherSites(path: string): void {
    this.open.add(path);
  }

  isOpenToOtherSites(path: string): boolean {
    return this.open.has(path);
  }
}
