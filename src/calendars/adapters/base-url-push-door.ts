import type { BaseUrl } from '../../platform/http/base-url.js';
import type { DerivedSecrets } from '../../platform/derived-secrets.js';
import { PushDoor } from '../ports.js';
import type { SignInSettings } from './sign-in-settings.js';

/** Below the base URL, if that is https: providers post to nothing else. */
export class BaseUrlPushDoor extends PushDoor {
  constructor(
    private readonly baseUrl: BaseUrl,
    private readonly settings: SignInSettings,
    private readonly secrets: DerivedSecrets,
  ) {
    super();
  }

  addressOf(connectionId: string): string | null {
    const canBeReached = this.settings.allowHttp || this.baseUrl.value.startsWith('https:');
    return canBeReached ? `${this.baseUrl.value}/calendars/push/${connectionId}` : null;
  }

  secretOf(connectionId: string): Promise<string> {
    return this.secrets.of('calendar-push', connectionId);
  }
}
