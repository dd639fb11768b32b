import type { SignInProvider } from '../domain/connection.js';

/** How this installation is known to a provider, and where that is. */
export interface ProviderSettings {
  /** Null if it is not registered there. */
  readonly client: { readonly id: string; readonly secret: string } | null;
  /** OpenID Connect Discovery 1.0. */
  readonly issuerUrl: string;
  /** Of the calendars; without a slash at its end. */
  readonly apiUrl: string;
}

export class SignInSettings {
  constructor(
    readonly providers: Readonly<Record<SignInProvider, ProviderSettings>>,
    /** Whether providers may be asked by http, and may tell of changes by it, for development. */
    readonly allowHttp: boolean,
  ) {}
}
