// The picker's emojis, with the names that are read out.
export const EMOJIS: [emoji: string, name: string][] = [
  ["👍", "thumbs up"],
  ["❤️", "heart"],
  ["😂", "tears of joy"],
  ["😮", "astonished"],
  ["😢", "crying"],
  ["🙏", "folded hands"],
  ["🎉", "party popper"],
  ["🔥", "fire"],
  ["👏", "clapping"],
  ["✅", "check mark"],
  ["👀", "eyes"],
  ["💯", "hundred"],
  ["😊", "smiling"],
  ["😍", "heart eyes"],
  ["🤔", "thinking"],
  ["😅", "nervous smile"],
  ["😎", "sunglasses"],
  ["🥳", "partying"],
  ["😭", "sobbing"],
  ["😡", "angry"],
  ["👎", "thumbs down"],
  ["🙌", "raised hands"],
  ["💪", "strong arm"],
  ["🤝", "handshake"],
  ["🚀", "rocket"],
  ["⭐", "star"],
  ["💡", "light bulb"],
  ["☕", "coffee"],
  ["🌱", "seedling"],
  ["🐛", "bug"],
  ["🎂", "birthday cake"],
  ["👋", "waving hand"],
];

const names = new Map(EMOJIS);

/** "thumbs up", or the emoji itself if it is none of the picker's. */
export const emojiName = (emoji: string): string => names.get(emoji) ?? emoji;
