import {
  OAuth2Server,
  type MutableRedirectUri,
  type MutableResponse,
  type MutableToken,
} from 'oauth2-mock-server';
import type { TokenRequestIncomingMessage } from 'oauth2-mock-server';

/** A provider's OpenID server on this machine: whoever is sent there allows what is asked, unless it is told otherwise. */
export class SignInServer {
  /** Whose account it is: the claims of the id token beside those of every token. */
  claims: Record<string, unknown> = { email: 'Ann@Example.com' };
  /** What the owner is sent back with instead of a code. */
  error: string | null = null;
  /** Changes what the token endpoint is about to answer. */
  answer: (response: MutableResponse) => void = () => undefined;
  /** What the token endpoint was asked, and the tokens that were given back. */
  readonly asked: Readonly<Record<string, string | undefined>>[] = [];
  readonly revocations: number[] = [];
  /** Every token that was given out, of whichever kind. */
  readonly given = new Set<string>();
  private scope = '';

  private constructor(private readonly server: OAuth2Server) {
    const { service } = server;
    service.on('beforeTokenSigning', ({ payload }: MutableToken) => {
      Object.assign(payload, this.claims, { jti: String(this.given.size) });
    });
    service.on(
      'beforeAuthorizeRedirect',
      ({ url }: MutableRedirectUri, { query }: { query: { scope: string } }) => {
        this.scope = query.scope;
        if (this.error === null) return;
        url.searchParams.delete('code');
        url.searchParams.set('error', this.error);
      },
    );
    service.on('beforeResponse', (response: MutableResponse, { body }: TokenRequestIncomingMessage) => {
      this.asked.push(body as unknown as Record<string, string | undefined>);
      if (response.body !== '') response.body['scope'] = this.scope;
      this.answer(response);
      const { access_token, refresh_token, id_token } = Object(response.body) as Record<string, unknown>;
      for (const token of [access_token, refresh_token, id_token])
        if (typeof token === 'string') this.given.add(token);
    });
    service.on('beforeRevoke', () => this.revocations.push(Date.now()));
  }

  static async start(): Promise<SignInServer> {
    const server = new OAuth2Server();
    await server.issuer.keys.generate('RS256');
    await server.start(0, '127.0.0.1');
    server.issuer.url = `http://127.0.0.1:${server.address().port}`;
    return new SignInServer(server);
  }

  get url(): string {
    return this.server.issuer.url!;
  }

  /** What a browser is sent back to that was sent to this address. */
  async follow(address: string): Promise<URL> {
    const answer = await fetch(address, { redirect: 'manual' });
    return new URL(answer.headers.get('location')!);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
