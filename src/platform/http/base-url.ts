/** Where the world reaches this installation; links in answers and mails begin with it. No slash at its end. */
export class BaseUrl {
  constructor(public value: string) {}
}
