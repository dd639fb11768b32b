// A window is a list of the microseconds at which its hits came, oldest first, by Redis's own clock: all processes share one.
const NOW = `
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]`;

const WINDOW = `

  local newest = redis.call('LINDEX', log, -1)
  local ahead = newest and newest - now or 0
  if ahead > 0 then -- the clock was set back: the log goes back with it, or it would count for as long as the clock lost
    local times = redis.call('LRANGE', log, 0, -1)
    redis.call('DEL', log)
    for _, at in ipairs(times) do redis.call('RPUSH', log, at - ahead) end
    redis.call('PEXPIRE', log, 60000)
  end

  local oldest = redis.call('LINDEX', log, 0)
  while oldest and now - oldest >= 60000000 do
    redis.call('LPOP', log)
    oldest = redis.call('LINDEX', log, 0)
  end

  local used = redis.call('LLEN', log)
  local allowed = used < limit and 1 or 0
  local function untilForgotten(index)
    return math.ceil((redis.call('LINDEX', log, index) + 60000000 - now) / 1000000)
  end`;

/** While a window has room for so many more, hits may be counted ahead: nobody can use that up while they are kept. */
const AMPLE = 10_000;

/**
 * For each of KEYS in turn: counts one in that window if it holds fewer than its limit in ARGV, and as many ahead as are wanted (the
 * second half of ARGV) if there is ample room.
 */
const HIT = `${NOW}
  local standings = {}
  for place = 1, #KEYS do
    local log, limit = KEYS[place], tonumber(ARGV[place])
    ${WINDOW}
    local wait = allowed == 0 and untilForgotten(used - limit) or 0
    local ahead = limit - used > ${AMPLE} and tonumber(ARGV[#KEYS + place]) or -1
    if allowed == 1 then
      local hits = { now }
      for i = 1, ahead do hits[i + 1] = now end
      redis.call('RPUSH', log, unpack(hits))
      redis.call('PEXPIRE', log, 60000)
      used = used + 1
    end
    standings[place] = { allowed, used, untilForgotten(-1), wait, ahead }
  end
  return standings`;

/** How the window KEYS[1] stands against ARGV[1], and whether the pass KEYS[2] holds. */
const PEEK = `${NOW}
  local log, limit = KEYS[1], tonumber(ARGV[1])
  ${WINDOW}
  local wait = allowed == 0 and untilForgotten(used - limit) or 0
  return { allowed, used, used > 0 and untilForgotten(-1) or 0, wait, redis.call('EXISTS', KEYS[2]) }`;

/** How a window stands, as the scripts tell it; what is yes or no is 1 or 0. */
export type Standing = [
  allowed: number,
  used: number,
  resetSeconds: number,
  retryAfterSeconds: number,
  /** Of a window that was looked at: whether the pass holds. Of a hit: how many were counted ahead, -1 if there is no room for that. */
  more: number,
];

/** What the scripts add to a connection. */
export interface WindowCommands {
  hitWindows(count: number, ...windowsLimitsAndWishes: (string | number)[]): Promise<Standing[]>;
  peekWindow(window: string, pass: string, limit: number): Promise<Standing>;
}

export const windowScripts = {
  hitWindows: { lua: HIT },
  peekWindow: { lua: PEEK, numberOfKeys: 2 },
};
