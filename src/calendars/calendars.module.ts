import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { TellMeetingLink } from '../delivery/use-cases/tell-meeting-link.js';
import { TellOfStaleCalendar } from '../delivery/use-cases/tell-of-stale-calendar.js';
import { Clock } from '../kernel/clock.js';
import { Ids } from '../kernel/ids.js';
import { UnitOfWork } from '../kernel/unit-of-work.js';
import { DerivedSecrets } from '../platform/derived-secrets.js';
import { BaseUrl } from '../platform/http/base-url.js';
import { Session } from '../platform/persistence/session.js';
import { Sql } from '../platform/persistence/sql.js';
import { provide, provideAs } from '../platform/provide.js';
import { SealedText } from '../platform/sealed-text.js';
import { SchedulingModule } from '../scheduling/scheduling.module.js';
import { CancelBooking } from '../scheduling/use-cases/cancel-booking.js';
import { LookUpBooking } from '../scheduling/use-cases/look-up-booking.js';
import { MoveBooking } from '../scheduling/use-cases/move-booking.js';
import { SetMeetingLink } from '../scheduling/use-cases/set-meeting-link.js';
import { BaseUrlPushDoor } from './adapters/base-url-push-door.js';
import { CalendarRequests } from './adapters/calendar-requests.js';
import { DeliveryNotices } from './adapters/delivery-notices.js';
import { DueFollowings } from './adapters/due-followings.js';
import { DueMirrorings } from './adapters/due-mirrorings.js';
import { DueSyncs } from './adapters/due-syncs.js';
import { LoadedOwnerCalendars } from './adapters/loaded-owner-calendars.js';
import { OpenIdSignIn } from './adapters/openid-sign-in.js';
import { PostgresAuthorizations } from './adapters/postgres-authorizations.js';
import { PostgresBusyCache } from './adapters/postgres-busy-cache.js';
import { PostgresConnections } from './adapters/postgres-connections.js';
import { PostgresOwnersChanges } from './adapters/postgres-owners-changes.js';
import { PostgresPublishedFeeds } from './adapters/postgres-published-feeds.js';
import { PostgresWatches } from './adapters/postgres-watches.js';
import { SchedulingBookedMeetings } from './adapters/scheduling-booked-meetings.js';
import { SchedulingHostedMeetings } from './adapters/scheduling-hosted-meetings.js';
import { SignInSettings } from './adapters/sign-in-settings.js';
import { StaleAfter } from './domain/stale-after.js';
import { MirrorModule } from './mirror.module.js';
import {
  Authorizations,
  BookedMeetings,
  BusyCache,
  Connections,
  HostedMeetings,
  MirroredBookings,
  Notices,
  OwnerCalendars,
  OwnersChanges,
  PublishedFeeds,
  PushDoor,
  SignIn,
  Watches,
} from './ports.js';
import { CalendarReads } from './reads/calendar-reads.js';
import { FeedReads } from './reads/feed-reads.js';
import { BeginAuthorization } from './use-cases/begin-authorization.js';
import { CompleteAuthorization } from './use-cases/complete-authorization.js';
import { ConnectCalendar } from './use-cases/connect-calendar.js';
import { DecideOnChange } from './use-cases/decide-on-change.js';
import { DisconnectCalendar } from './use-cases/disconnect-calendar.js';
import { EndFeed } from './use-cases/end-feed.js';
import { FollowCalendar } from './use-cases/follow-calendar.js';
import { HearOfChange } from './use-cases/hear-of-change.js';
import { MirrorBooking } from './use-cases/mirror-booking.js';
import { OpenFeed } from './use-cases/open-feed.js';
import { PublishFeed } from './use-cases/publish-feed.js';
import { RetryMirroring } from './use-cases/retry-mirroring.js';
import { SyncCalendar } from './use-cases/sync-calendar.js';
import { WatchCalendars } from './use-cases/watch-calendars.js';

const offered = [
  provide(ConnectCalendar, OwnerCalendars, Connections, BusyCache, UnitOfWork, Clock, Ids),
  provide(BeginAuthorization, SignIn, Authorizations, UnitOfWork, Clock, Ids),
  provide(CompleteAuthorization, SignIn, Authorizations, ConnectCalendar, UnitOfWork, Clock),
  provide(DisconnectCalendar, OwnerCalendars, SignIn, Connections, Watches, UnitOfWork),
  provide(HearOfChange, PushDoor, Connections, UnitOfWork),
  provide(WatchCalendars, OwnerCalendars, Connections, Watches, PushDoor, UnitOfWork, Clock),
  provide(
    SyncCalendar,
    ...([OwnerCalendars, Connections, BusyCache, Notices, MirroredBookings, OwnersChanges] as const),
    ...([StaleAfter, UnitOfWork, Clock] as const),
  ),
  provide(
    MirrorBooking,
    ...([MirroredBookings, Connections, OwnerCalendars, BookedMeetings, Notices] as const),
    ...([UnitOfWork, Clock] as const),
  ),
  provide(FollowCalendar, OwnersChanges, HostedMeetings, UnitOfWork, Clock),
  provide(DecideOnChange, Connections, UnitOfWork, Clock),
  provide(RetryMirroring, Connections, MirroredBookings, UnitOfWork),
  provide(DueMirrorings, Session, UnitOfWork, Sql),
  provide(PublishFeed, PublishedFeeds, UnitOfWork, Clock, Ids),
  provide(EndFeed, PublishedFeeds, UnitOfWork),
  provide(OpenFeed, PublishedFeeds, UnitOfWork, Clock),
  provide(FeedReads, Sql),
  provide(DueSyncs, Sql),
  provide(DueFollowings, Sql),
  provide(CalendarReads, Sql),
];

@Module({
  imports: [DeliveryModule, SchedulingModule, MirrorModule],
  providers: [
    ...offered,
    provideAs(OwnerCalendars, LoadedOwnerCalendars, CalendarRequests, OpenIdSignIn, SignInSettings, Clock),
    provide(OpenIdSignIn, SignInSettings, CalendarRequests, BaseUrl, Clock),
    { provide: SignIn, useExisting: OpenIdSignIn },
    provideAs(Authorizations, PostgresAuthorizations, Session, SealedText),
    provideAs(Watches, PostgresWatches, Session),
    provideAs(PushDoor, BaseUrlPushDoor, BaseUrl, SignInSettings, DerivedSecrets),
    provideAs(Connections, PostgresConnections, Session, UnitOfWork, SealedText),
    provideAs(BusyCache, PostgresBusyCache, Session),
    provideAs(PublishedFeeds, PostgresPublishedFeeds, Session),
    provideAs(Notices, DeliveryNotices, TellOfStaleCalendar, TellMeetingLink),
    provideAs(OwnersChanges, PostgresOwnersChanges, Session),
    provideAs(HostedMeetings, SchedulingHostedMeetings, LookUpBooking, MoveBooking, CancelBooking),
    provideAs(BookedMeetings, SchedulingBookedMeetings, SetMeetingLink),
  ],
  exports: offered.map(({ provide: token }) => token),
})
export class CalendarsModule {}
