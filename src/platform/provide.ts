import type { FactoryProvider } from '@nestjs/common';

/** A class as the name of what is provided; abstract for ports. */
type Token<T> = abstract new (...dependencies: never[]) => T;

type TokensOf<Dependencies extends readonly unknown[]> = {
  [Place in keyof Dependencies]: Token<Dependencies[Place]>;
};

/**
 * Says how an undecorated class is made: `provide(CancelBooking, Bookings, UnitOfWork, Clock)`. A dependency that is missing,
 * wrong or swapped does not compile.
 */
export function provide<T, Dependencies extends readonly unknown[]>(
  made: new (...dependencies: [...Dependencies]) => T,
  ...tokens: TokensOf<Dependencies>
): FactoryProvider<T> {
  return provideAs(made as unknown as Token<T>, made, ...tokens);
}

/** The same for what answers a port: `provideAs(Bookings, PostgresBookings, Session, Outbox)`. */
export function provideAs<Port, T extends Port, Dependencies extends readonly unknown[]>(
  port: Token<Port>,
  made: new (...dependencies: [...Dependencies]) => T,
  ...tokens: TokensOf<Dependencies>
): FactoryProvider<T> {
  return {
    provide: port,
    useFactory: (...dependencies: unknown[]) => new made(...(dependencies as [...Dependencies])),
    inject: [...tokens] as never[],
  };
}
