// docs/messaging-api.md in memory: people, conversations, messages, and the events they cause.
// Not fast and not durable; right enough to develop the web app against, and to test it before or
// without the real server.
import { randomBytes, randomUUID } from "node:crypto";

const UNREAD_MAX = 100;
const CHARACTERS_MAX = 1024;
const TYPING_MS = 6_000;
const EVENTS_MAX = 2_000;

export class Refusal extends Error {
  constructor(type, status, detail = "") {
    super(type);
    Object.assign(this, { type, status, detail });
  }
}

const refuse = (type, status, detail) => {
  throw new Refusal(type, status, detail);
};

let lastMicros = 0;
function nowText() {
  lastMicros = Math.max(Date.now() * 1000, lastMicros + 1);
  const millis = new Date(Math.floor(lastMicros / 1000)).toISOString().slice(0, -1);
  return `${millis}${String(lastMicros % 1000).padStart(3, "0")}Z`;
}

export class MockDomain {
  people = new Map(); // id -> person
  byHandle = new Map(); // handle -> id
  tokens = new Map(); // token -> id
  blocks = new Map(); // id -> Set of ids
  conversations = new Map();
  sends = new Map(); // user + token -> {message, body}
  events = []; // {id, to, type, data}: what can be resumed
  streams = new Set(); // {user, write}
  typingTimers = new Map();

  // People.

  signIn(handle, displayName) {
    let id = this.byHandle.get(this.handleOf(handle));
    if (!id) id = this.addPerson(handle, displayName);
    const token = randomBytes(24).toString("base64url");
    this.tokens.set(token, id);
    return { access_token: token, token_type: "Bearer", expires_in: 86_400 };
  }

  handleOf(handle) {
    if (typeof handle !== "string" || !/^[a-z0-9_.-]{1,30}$/i.test(handle)) {
      refuse("handle-invalid", 422);
    }
    return handle.toLowerCase();
  }

  addPerson(handle, displayName) {
    const person = {
      id: randomUUID(),
      handle: this.handleOf(handle),
      display_name: displayName || handle,
      created_at: nowText(),
    };
    this.people.set(person.id, person);
    this.byHandle.set(person.handle, person.id);
    this.blocks.set(person.id, new Set());
    return person.id;
  }

  person(id) {
    const { handle, display_name } = this.people.get(id) ?? { handle: "", display_name: "Erased" };
    return { id, handle, display_name };
  }

  personByHandle(handle) {
    const id = this.byHandle.get(String(handle).toLowerCase());
    return id ? this.person(id) : refuse("no-such-person", 404);
  }

  changeMe(me, { display_name, handle }) {
    const person = this.people.get(me);
    if (handle !== undefined) {
      const wanted = this.handleOf(handle);
      const owner = this.byHandle.get(wanted);
      if (owner && owner !== me) refuse("handle-taken", 409);
      this.byHandle.delete(person.handle);
      this.byHandle.set(wanted, me);
      person.handle = wanted;
    }
    if (display_name !== undefined) {
      if (!display_name.trim() || [...display_name].length > 50) refuse("invalid-input", 422);
      person.display_name = display_name;
    }
    for (const conversation of this.of(me)) this.emitMember(conversation, me);
    this.emit(me, "profile", { user: this.person(me) });
    return this.person(me);
  }

  erase(me) {
    for (const conversation of this.of(me)) {
      for (const message of conversation.messages) {
        if (message.sender.id === me) Object.assign(message, { text: "", deleted_at: nowText() });
      }
      this.removeMember(me, conversation.id, me);
    }
    this.byHandle.delete(this.people.get(me).handle);
    this.people.delete(me);
    for (const [token, id] of this.tokens) if (id === me) this.tokens.delete(token);
  }

  isBlocked(one, other) {
    return Boolean(this.blocks.get(one)?.has(other) || this.blocks.get(other)?.has(one));
  }

  // Conversations.

  of(user) {
    return [...this.conversations.values()].filter(({ members }) => members.has(user));
  }

  conversation(me, id) {
    const conversation = this.conversations.get(id);
    return conversation?.members.has(me) ? conversation : refuse("not-a-member", 403);
  }

  group(me, id) {
    const conversation = this.conversation(me, id);
    return conversation.kind === "group" ? conversation : refuse("not-a-group", 409);
  }

  owned(me, id) {
    const conversation = this.group(me, id);
    return conversation.members.get(me).role === "owner" ? conversation : refuse("not-an-owner", 403);
  }

  view(me, { id, kind, title, members, messages, created_at }) {
    const mine = members.get(me);
    const other = kind === "direct" ? [...members.keys()].find((user) => user !== me) : undefined;
    const known = kind === "direct" ? (other ?? this.pairOf(id, me)) : undefined;
    const last = messages.at(-1);
    return {
      id,
      kind,
      title: kind === "direct" ? this.person(known).display_name : title,
      ...(known ? { other: this.person(known) } : {}),
      member_count: members.size,
      ...(last ? { last_message: { text: last.text, created_at: last.created_at, sender: last.sender } } : {}),
      unread: this.unread(me, messages, mine),
      muted: mine.muted,
      role: mine.role,
      ...(mine.last_read_at ? { last_read_at: mine.last_read_at } : {}),
      created_at,
    };
  }

  pairOf(id, me) {
    return this.conversations.get(id).pair?.find((user) => user !== me);
  }

  unread(me, messages, { last_read_at }) {
    const count = messages.filter(
      (one) => one.sender.id !== me && !one.deleted_at && one.created_at > (last_read_at ?? ""),
    ).length;
    return Math.min(count, UNREAD_MAX);
  }

  list(me) {
    const activity = ({ messages, created_at }) => messages.at(-1)?.created_at ?? created_at;
    return this.of(me)
      .sort((a, b) => (activity(a) < activity(b) ? 1 : -1))
      .map((conversation) => this.view(me, conversation));
  }

  newMember(role) {
    return { role, joined_at: nowText(), last_read_at: "", muted: false };
  }

  open(me, { kind, handle, title, handles = [], message }) {
    const made = kind === "group" ? this.makeGroup(me, title, handles) : this.openDirect(me, handle);
    if (message) this.send(me, made.conversation.id, message);
    return { status: made.isNew ? 201 : 200, body: this.view(me, made.conversation) };
  }

  openDirect(me, handle) {
    const other = this.personByHandle(handle).id;
    if (other === me) refuse("with-oneself", 422);
    if (this.isBlocked(me, other)) refuse("blocked", 403);
    const pair = [me, other].sort();
    const known = [...this.conversations.values()].find(
      (one) => one.pair?.[0] === pair[0] && one.pair?.[1] === pair[1],
    );
    const conversation = known ?? {
      id: randomUUID(),
      kind: "direct",
      title: "",
      pair,
      members: new Map(),
      messages: [],
      created_at: nowText(),
    };
    this.conversations.set(conversation.id, conversation);
    for (const user of pair) {
      if (conversation.members.has(user)) continue;
      conversation.members.set(user, this.newMember("member"));
      this.emitOwn(user, conversation);
    }
    return { conversation, isNew: !known };
  }

  makeGroup(me, title, handles) {
    if (typeof title !== "string" || !title.trim() || [...title].length > 100) {
      refuse("invalid-input", 422, "A title has 1 to 100 characters.");
    }
    const others = handles.map((handle) => this.personByHandle(handle).id);
    if (others.some((other) => this.isBlocked(me, other))) refuse("blocked", 403);
    const conversation = {
      id: randomUUID(),
      kind: "group",
      title,
      members: new Map([[me, this.newMember("owner")]]),
      messages: [],
      created_at: nowText(),
    };
    for (const other of others) {
      if (other !== me) conversation.members.set(other, this.newMember("member"));
    }
    this.conversations.set(conversation.id, conversation);
    for (const user of conversation.members.keys()) this.emitOwn(user, conversation);
    return { conversation, isNew: true };
  }

  rename(me, id, title) {
    const conversation = this.owned(me, id);
    if (typeof title !== "string" || !title.trim() || [...title].length > 100) {
      refuse("invalid-input", 422);
    }
    conversation.title = title;
    this.emitGroup(conversation);
    return this.view(me, conversation);
  }

  member(conversation, user) {
    const { role, joined_at, last_read_at } = conversation.members.get(user);
    return {
      user: this.person(user),
      role,
      joined_at,
      ...(last_read_at ? { last_read_at } : {}),
      online: this.isOnline(user),
    };
  }

  members(me, id) {
    const conversation = this.conversation(me, id);
    return [...conversation.members.keys()].map((user) => this.member(conversation, user));
  }

  invite(me, id, handle) {
    const conversation = this.group(me, id);
    const { id: user } = this.personByHandle(handle);
    if (conversation.members.has(user)) refuse("already-a-member", 409);
    if (this.isBlocked(me, user)) refuse("blocked", 403);
    const { role, joined_at } = this.newMember("member");
    const joined = { conversation_id: id, user: this.person(user), role, joined_at, invited_by: me };
    this.emitAll(conversation, "joined", joined);
    conversation.members.set(user, this.newMember("member"));
    this.emitOwn(user, conversation);
    this.emitGroup(conversation);
    return this.member(conversation, user);
  }

  setRole(me, id, user, role) {
    const conversation = this.owned(me, id);
    if (!conversation.members.has(user)) refuse("no-such-person", 404);
    this.giveRole(conversation, user, role);
    return this.member(conversation, user);
  }

  removeMember(me, id, user) {
    const conversation = user === me ? this.conversation(me, id) : this.owned(me, id);
    if (!conversation.members.has(user)) refuse("no-such-person", 404);
    this.emitAll(conversation, "left", { conversation_id: id, user_id: user });
    conversation.members.delete(user);
    const roles = [...conversation.members.values()];
    if (conversation.kind === "group" && roles.length && !roles.some((one) => one.role === "owner")) {
      this.giveRole(conversation, conversation.members.keys().next().value, "owner");
    }
    if (conversation.kind === "group") this.emitGroup(conversation);
  }

  giveRole(conversation, user, role) {
    conversation.members.get(user).role = role;
    this.emitMember(conversation, user);
    this.emitOwn(user, conversation);
  }

  mute(me, id, muted) {
    const conversation = this.conversation(me, id);
    conversation.members.get(me).muted = Boolean(muted);
    this.emitOwn(me, conversation);
    return this.view(me, conversation);
  }

  markRead(me, id, messageId) {
    const conversation = this.conversation(me, id);
    const message = this.message(me, id, messageId);
    const mine = conversation.members.get(me);
    if (message.created_at > mine.last_read_at) {
      mine.last_read_at = message.created_at;
      const data = { conversation_id: id, user_id: me, last_read_at: mine.last_read_at };
      this.emitAll(conversation, "read", data);
      this.emitOwn(me, conversation);
    }
    return { unread: this.unread(me, conversation.messages, mine), last_read_at: mine.last_read_at };
  }

  typing(me, id, typing) {
    const conversation = this.conversation(me, id);
    const key = `${id} ${me}`;
    clearTimeout(this.typingTimers.get(key));
    const tell = (on) => {
      const data = { conversation_id: id, user_id: me, typing: on };
      for (const user of conversation.members.keys()) {
        if (user !== me) this.emit(user, "typing", data, false);
      }
    };
    tell(Boolean(typing));
    if (typing) this.typingTimers.set(key, setTimeout(() => tell(false), TYPING_MS).unref());
  }

  // Messages.

  checkText(text) {
    if (typeof text !== "string" || !text.trim()) refuse("message-blank", 422);
    if ([...text].length > CHARACTERS_MAX) refuse("message-too-long", 422);
  }

  shown(me, message) {
    const { client_token, ...rest } = message;
    return message.sender.id === me && client_token ? message : rest;
  }

  send(me, id, { text, client_token, reply_to }) {
    const conversation = this.conversation(me, id);
    this.checkText(text);
    if (conversation.pair && this.isBlocked(...conversation.pair)) refuse("blocked", 403);
    if (reply_to) this.message(me, id, reply_to);
    const key = `${me} ${client_token}`;
    const before = client_token && this.sends.get(key);
    if (before) {
      if (before.text !== text || before.conversation_id !== id) refuse("token-reused", 409);
      return { status: 200, body: this.shown(me, before) };
    }
    const message = {
      id: randomUUID(),
      conversation_id: id,
      sender: this.person(me),
      text,
      created_at: nowText(),
      ...(reply_to ? { reply_to } : {}),
      reactions: [],
      ...(client_token ? { client_token } : {}),
    };
    if (client_token) this.sends.set(key, message);
    conversation.messages.push(message);
    this.markRead(me, id, message.id);
    for (const user of conversation.pair ?? []) {
      if (!conversation.members.has(user)) conversation.members.set(user, this.newMember("member"));
    }
    this.emitMessage(conversation, message);
    for (const user of conversation.members.keys()) {
      if (user !== me) this.emitOwn(user, conversation);
    }
    return { status: 201, body: this.shown(me, message) };
  }

  message(me, id, messageId) {
    const { messages } = this.conversation(me, id);
    return messages.find((one) => one.id === messageId) ?? refuse("no-such-message", 404);
  }

  edit(me, id, messageId, text) {
    const message = this.message(me, id, messageId);
    if (message.sender.id !== me) refuse("not-the-sender", 403);
    if (message.deleted_at) refuse("message-deleted", 409);
    this.checkText(text);
    Object.assign(message, { text, edited_at: nowText() });
    this.emitMessage(this.conversation(me, id), message);
    return this.shown(me, message);
  }

  removeMessage(me, id, messageId) {
    const conversation = this.conversation(me, id);
    const message = this.message(me, id, messageId);
    const owns = conversation.kind === "group" && conversation.members.get(me).role === "owner";
    if (message.sender.id !== me && !owns) refuse("not-the-sender", 403);
    if (!message.deleted_at) {
      Object.assign(message, { text: "", deleted_at: nowText(), reactions: [] });
      this.emitMessage(conversation, message);
    }
    return this.shown(me, message);
  }

  react(me, id, messageId, emoji, on) {
    const message = this.message(me, id, messageId);
    if (message.deleted_at) refuse("message-deleted", 409);
    const known = message.reactions.find((one) => one.emoji === emoji);
    const others = (known?.user_ids ?? []).filter((user) => user !== me);
    const user_ids = on ? [...others, me].sort() : others;
    message.reactions = [
      ...message.reactions.filter((one) => one.emoji !== emoji),
      ...(user_ids.length ? [{ emoji, user_ids }] : []),
    ].sort((a, b) => (a.emoji < b.emoji ? -1 : 1));
    this.emitMessage(this.conversation(me, id), message);
    return this.shown(me, message);
  }

  // Events.

  isOnline(user) {
    return [...this.streams].some((stream) => stream.user === user);
  }

  acquaintances(user) {
    return new Set(this.of(user).flatMap(({ members }) => [...members.keys()]));
  }

  emit(user, type, data, resumable = true) {
    const id = resumable ? String(this.events.length ? this.events.at(-1).id + 1 : 1) : "";
    if (resumable) {
      this.events.push({ id: Number(id), to: user, type, data });
      if (this.events.length > EVENTS_MAX) this.events.shift();
    }
    for (const stream of this.streams) if (stream.user === user) stream.write(type, data, id);
  }

  emitAll(conversation, type, data) {
    for (const user of conversation.members.keys()) this.emit(user, type, data);
  }

  emitMessage(conversation, message) {
    for (const user of conversation.members.keys()) {
      this.emit(user, "message", this.shown(user, structuredClone(message)));
    }
  }

  emitGroup(conversation) {
    const { id, title, members } = conversation;
    this.emitAll(conversation, "group", {
      conversation_id: id,
      title,
      member_count: members.size,
    });
  }

  emitMember(conversation, user) {
    const { role } = conversation.members.get(user);
    const data = { conversation_id: conversation.id, user: this.person(user), role };
    for (const other of conversation.members.keys()) {
      if (other !== user) this.emit(other, "member", data);
    }
  }

  emitOwn(user, conversation) {
    const { id, unread, muted, last_read_at, role } = this.view(user, conversation);
    this.emit(user, "conversation", {
      conversation_id: id,
      unread,
      muted,
      role,
      ...(last_read_at ? { last_read_at } : {}),
    });
  }

  connect(user, lastEventId, write) {
    const wasOnline = this.isOnline(user);
    const stream = { user, write };
    this.streams.add(stream);
    const from = Number(lastEventId || Number.NaN);
    const resumed = Number.isFinite(from) && (this.events[0]?.id ?? 1) <= from + 1;
    const near = [...this.acquaintances(user)];
    const last = String(this.events.at(-1)?.id ?? 0);
    const online = near.filter((id) => id !== user && this.isOnline(id));
    write("ready", { resumed, online }, resumed ? String(from) : last);
    if (resumed) {
      for (const { id, to, type, data } of this.events) {
        if (id > from && to === user) write(type, data, String(id));
      }
    }
    const tell = (is) => {
      for (const id of this.acquaintances(user)) {
        if (id !== user) this.emit(id, "presence", { user_id: user, online: is }, false);
      }
    };
    if (!wasOnline) tell(true);
    return () => {
      this.streams.delete(stream);
      if (!this.isOnline(user)) tell(false);
    };
  }
}
