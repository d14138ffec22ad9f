// One function an endpoint. Whatever fails throws a Problem.
import { Problem, problemOf } from "./problem";
import type {
  Conversation,
  HistoryPage,
  Member,
  Message,
  Page,
  Person,
  Role,
  SignInMode,
  Token,
} from "./types";

/** Who asks: set by session.ts at sign-in. */
let bearer: string | null = null;
let whenRefused: () => void = () => undefined;

export function authorize(token: string | null, refused?: () => void): void {
  bearer = token;
  if (refused) whenRefused = refused;
}

/** For whoever makes requests of another kind (the event stream). */
export function authorization(): Record<string, string> {
  return bearer ? { authorization: `Bearer ${bearer}` } : {};
}

export function refused(): void {
  whenRefused();
}

async function send(method: string, path: string, body?: unknown): Promise<Response> {
  let response: Response;
  const asked = bearer;
  try {
    response = await fetch(path, {
      method,
      headers: {
        ...authorization(),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      cache: "no-store",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Problem("offline", 0, "");
  }
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (response.status === 401 && asked && asked === bearer) whenRefused();
  throw problem;
}

async function json<T>(method: string, path: string, body?: unknown): Promise<T> {
  return (await (await send(method, path, body)).json()) as T;
}

async function nothing(method: string, path: string, body?: unknown): Promise<void> {
  await send(method, path, body);
}

const enc = encodeURIComponent;
const query = (values: Record<string, string | number | undefined>): string => {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return given.length ? `?${given.map(([key, value]) => `${key}=${enc(value!)}`).join("&")}` : "";
};
const conversation = (id: string): string => `/v1/conversations/${enc(id)}`;
const message = (id: string, of: string): string => `${conversation(of)}/messages/${enc(id)}`;

export interface NewMessage {
  text: string;
  client_token: string;
  reply_to?: string;
}

export const api = {
  signInMode: () => json<SignInMode>("GET", "/v1/sign-in"),
  signInPeople: () => json<{ items: Person[] }>("GET", "/v1/sign-in/people"),
  signIn: (body: { handle: string; display_name?: string }) =>
    json<Token>("POST", "/v1/sign-in", body),

  me: () => json<Person & { created_at: string }>("GET", "/v1/me"),
  changeMe: (body: { display_name?: string; handle?: string }) =>
    json<Person>("PATCH", "/v1/me", body),
  eraseMe: () => nothing("DELETE", "/v1/me"),
  exportMe: async () => (await send("GET", "/v1/me/export")).blob(),
  person: (handle: string) => json<Person>("GET", `/v1/users/${enc(handle)}`),
  blocks: () => json<{ items: Person[] }>("GET", "/v1/me/blocks"),
  block: (id: string) => nothing("PUT", `/v1/me/blocks/${enc(id)}`),
  unblock: (id: string) => nothing("DELETE", `/v1/me/blocks/${enc(id)}`),

  conversations: (cursor?: string, limit = 25) =>
    json<Page<Conversation>>("GET", `/v1/conversations${query({ limit, cursor })}`),
  openDirect: (handle: string) =>
    json<Conversation>("POST", "/v1/conversations", { kind: "direct", handle }),
  makeGroup: (title: string, handles: string[]) =>
    json<Conversation>("POST", "/v1/conversations", { kind: "group", title, handles }),
  conversation: (id: string) => json<Conversation>("GET", conversation(id)),
  rename: (id: string, title: string) => json<Conversation>("PATCH", conversation(id), { title }),
  members: (id: string, cursor?: string) =>
    json<Page<Member>>("GET", `${conversation(id)}/members${query({ limit: 100, cursor })}`),
  invite: (id: string, handle: string) =>
    json<Member>("POST", `${conversation(id)}/members`, { handle }),
  setRole: (id: string, user: string, role: Role) =>
    json<Member>("PATCH", `${conversation(id)}/members/${enc(user)}`, { role }),
  removeMember: (id: string, user: string) =>
    nothing("DELETE", `${conversation(id)}/members/${enc(user)}`),
  mute: (id: string, muted: boolean) =>
    json<Conversation>("PATCH", `${conversation(id)}/settings`, { muted }),
  read: (id: string, message_id: string) =>
    json<{ unread: number; last_read_at: string }>("POST", `${conversation(id)}/read`, {
      message_id,
    }),
  typing: (id: string, typing: boolean) => nothing("POST", `${conversation(id)}/typing`, { typing }),

  history: (id: string, from: { older?: string; newer?: string } = {}, limit = 50) =>
    json<HistoryPage>("GET", `${conversation(id)}/messages${query({ limit, ...from })}`),
  send: (id: string, body: NewMessage) =>
    json<Message>("POST", `${conversation(id)}/messages`, body),
  message: (of: string, id: string) => json<Message>("GET", message(id, of)),
  edit: (of: string, id: string, text: string) =>
    json<Message>("PATCH", message(id, of), { text }),
  remove: (of: string, id: string) => json<Message>("DELETE", message(id, of)),
  react: (of: string, id: string, emoji: string) =>
    json<Message>("PUT", `${message(id, of)}/reactions/${enc(emoji)}`),
  unreact: (of: string, id: string, emoji: string) =>
    json<Message>("DELETE", `${message(id, of)}/reactions/${enc(emoji)}`),
};
