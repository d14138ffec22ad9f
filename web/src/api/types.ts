// The shapes of docs/messaging-api.md. Times are texts (UTC, microseconds) that order as times do.

export interface Person {
  id: string;
  handle: string;
  display_name: string;
}

export interface Reaction {
  emoji: string;
  user_ids: string[];
}

export interface Message {
  id: string;
  conversation_id: string;
  sender: Person;
  text: string;
  created_at: string;
  reply_to?: string;
  edited_at?: string;
  deleted_at?: string;
  reactions: Reaction[];
  client_token?: string;
}

export type Role = "owner" | "member";

export interface Conversation {
  id: string;
  kind: "direct" | "group";
  title: string;
  other?: Person;
  member_count: number;
  last_message?: { text: string; created_at: string; sender?: Person };
  unread: number;
  muted: boolean;
  role: Role;
  last_read_at?: string;
  created_at?: string;
}

export interface Member {
  user: Person;
  role: Role;
  joined_at: string;
  last_read_at?: string;
  online: boolean;
}

export interface Page<T> {
  items: T[];
  next?: string;
}

/** Newest first, as the server sends it. */
export interface HistoryPage {
  items: Message[];
  older?: string;
  newer?: string;
}

export type SignInMode =
  | { mode: "local" }
  | { mode: "oidc"; issuer: string; client_id: string; scope: string };

export interface Token {
  access_token: string;
  token_type: string;
  expires_in: number;
}

export type LiveEvent =
  | { type: "ready"; data: { resumed: boolean; online: string[] } }
  | { type: "message"; data: Message }
  | {
      type: "conversation";
      data: {
        conversation_id: string;
        unread: number;
        last_read_at?: string;
        muted: boolean;
        role?: Role;
      };
    }
  | { type: "read"; data: { conversation_id: string; user_id: string; last_read_at: string } }
  | {
      type: "joined";
      data: {
        conversation_id: string;
        user: Person;
        role: Role;
        joined_at: string;
        invited_by: string;
      };
    }
  | { type: "left"; data: { conversation_id: string; user_id: string } }
  | { type: "member"; data: { conversation_id: string; user: Person; role: Role } }
  | { type: "profile"; data: { user: Person } }
  | { type: "group"; data: { conversation_id: string; title: string; member_count: number } }
  | { type: "typing"; data: { conversation_id: string; user_id: string; typing: boolean } }
  | { type: "presence"; data: { user_id: string; online: boolean } };
