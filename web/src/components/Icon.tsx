// The app's icons: strokes on a grid of 24, in the colour of the text around them.
const PATHS = {
  back: "M15 5l-7 7 7 7",
  block: "M5.6 5.6l12.8 12.8M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z",
  bellOff: "M4 4l16 16M9.5 4.8A6 6 0 0 1 18 10c0 2 .4 3.6 1 4.8M6.3 8A6 6 0 0 0 6 10c0 4-2 6-2 6h12M10 20h4",
  bell: "M6 10a6 6 0 1 1 12 0c0 4 2 6 2 6H4s2-2 2-6M10 20h4",
  check: "M5 12.5l4.5 4.5L19 7.5",
  checks: "M2.5 12.5L7 17 16 8M11 16l1 1 9.5-9",
  clock: "M12 7.5V12l3 2M20.5 12a8.500 8.500 0 1 1-17 0 8.500 8.500 0 0 1 17 0z",
  close: "M6 6l12 12M18 6L6 18",
  copy: "M9 9h10v11H9zM5 15V4h10",
  down: "M6 10l6 6 6-6",
  download: "M12 4v11M7 10.500l5 5 5-5M5 20h14",
  edit: "M4 20h4L19 9a2.100 2.100 0 0 0-4-4L4 16zM13.500 6.500l4 4",
  gear: "M12 15.200a3.200 3.200 0 1 0 0-6.400 3.200 3.200 0 0 0 0 6.400zM12 3v2.500M12 18.500V21M3 12h2.500M18.500 12H21M5.600 5.600l1.800 1.800M16.600 16.600l1.800 1.800M18.400 5.600l-1.800 1.800M7.400 16.600l-1.800 1.800",
  group: "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20c0-3.500 2.900-5.500 6.500-5.500s6.500 2 6.500 5.500M16 4.300a3.500 3.500 0 0 1 0 6.400M18 14.900c2.200.8 3.500 2.600 3.500 5.100",
  help: "M9 9.500a3 3 0 1 1 4.500 2.600c-1 .6-1.500 1.200-1.500 2.400M12 17.800v.1M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z",
  info: "M12 11v5.500M12 7.600v.1M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z",
  leave: "M14 4h5v16h-5M4 12h10M10 8l4 4-4 4",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  plus: "M12 5v14M5 12h14",
  reply: "M9 7L4 12l5 5M4 12h9c4 0 7 2 7 6",
  retry: "M19.500 12a7.500 7.500 0 1 1-2.200-5.300L20 9M20 4v5h-5",
  search: "M16 16l4.500 4.500M18 11a7 7 0 1 1-14 0 7 7 0 0 1 14 0z",
  send: "M4 12l16-8-5.500 16-3-6.500zM11.500 13.500L20 4",
  smile: "M8.500 14.500c.8 1.200 2 1.800 3.500 1.800s2.700-.6 3.500-1.800M9 9.800v.1M15 9.800v.1M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z",
  trash: "M4 7h16M9 7V4h6v3M6.500 7l1 13h9l1-13M10.500 11v5M13.500 11v5",
  up: "M6 14l6-6 6 6",
  write: "M12 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-6M10 14l.5-3L18 3.500l2.500 2.500L13 13.500z",
  warning: "M12 9v4.500M12 16.800v.1M12 3.500L2.500 20h19z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      class={`icon icon-${name}`}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width={name === "more" ? 2.6 : 1.8}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
