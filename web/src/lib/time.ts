// Times in the reader's zone and language. `now` is a parameter: "Yesterday" depends on it.

const DAY_MS = 86_400_000;
const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(undefined, options);

const clock = format({ hour: "2-digit", minute: "2-digit" });
const weekday = format({ weekday: "short" });
const dayMonth = format({ day: "numeric", month: "short" });
const dayMonthYear = format({ day: "numeric", month: "short", year: "numeric" });
const longDay = format({ weekday: "long", day: "numeric", month: "long" });
const longDayYear = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const full = format({ dateStyle: "full", timeStyle: "medium" });
const longDate = format({ dateStyle: "long" });

/** Midnight, in the reader's zone, of the day that `time` is in. */
function startOfDay(time: Date): number {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime();
}

/** How many days ago; rounded, since a day of a clock change has 23 or 25 hours. */
function daysAgo(time: Date, now: Date): number {
  return Math.round((startOfDay(now) - startOfDay(time)) / DAY_MS);
}

/** "14:03" */
export const clockTime = (time: string): string => clock.format(new Date(time));

/** "Sunday, 22 November 2026 at 14:03:12", to point at */
export const fullTime = (time: string): string => full.format(new Date(time));

/** "22 November 2026" */
export const calendarDate = (time: string): string => longDate.format(new Date(time));

/** As short as it can be for a list: "14:03", "Yesterday", "Tue", "3 Nov", "3 Nov 2025". */
export function shortTime(time: string, now: number): string {
  const then = new Date(time);
  const today = new Date(now);
  const days = daysAgo(then, today);
  if (days <= 0) return clock.format(then);
  if (days === 1) return "Yesterday";
  if (days < 7) return weekday.format(then);
  return (then.getFullYear() === today.getFullYear() ? dayMonth : dayMonthYear).format(then);
}

/** The heading of a day: "Today", "Yesterday", "Monday 16 November", with the year if another. */
export function dayHeading(time: string, now: number): string {
  const then = new Date(time);
  const today = new Date(now);
  const days = daysAgo(then, today);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return (then.getFullYear() === today.getFullYear() ? longDay : longDayYear).format(then);
}

export function isSameDay(a: string, b: string): boolean {
  return startOfDay(new Date(a)) === startOfDay(new Date(b));
}
