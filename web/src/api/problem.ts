// What went wrong with a request, and how it is said to a person.

/** An answer that is an error: `type` is the last part of the problem's type, or "offline". */
export class Problem extends Error {
  constructor(
    readonly type: string,
    readonly status: number,
    message: string,
    readonly retryAfterS = 0,
  ) {
    super(message);
  }

  /** The same request may succeed later without anybody changing anything. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const WORDS: Record<string, string> = {
  offline: "The server cannot be reached.",
  "message-blank": "A message needs some text.",
  "message-too-long": "That message is too long.",
  "no-such-person": "Nobody here has that handle.",
  "no-such-message": "That message is no longer there.",
  "not-a-member": "You are not a member of this conversation.",
  "not-the-sender": "Only the sender can change a message.",
  "not-an-owner": "Only an owner of the group can do that.",
  "not-a-group": "That works in groups only.",
  blocked: "You cannot write to each other, since one of you has blocked the other.",
  "with-oneself": "That is you. Pick somebody else to write to.",
  "already-a-member": "They are a member already.",
  "handle-taken": "Somebody else has that handle.",
  "handle-invalid": "A handle is 1 to 30 of a–z, 0–9, dot, dash and underscore.",
  "message-deleted": "That message has been deleted.",
  "too-many-reactions": "This message has all the reactions it can hold.",
  "too-many-members": "The group is full.",
  "token-reused": "This message was sent before with another text.",
  unauthenticated: "Your session has ended. Sign in again.",
  erased: "This account has been erased.",
  "rate-limited": "That was a lot at once. Wait a moment and try again.",
};

/** One or two sentences for a person, whatever was thrown. */
export function inPlainWords(error: unknown): string {
  if (!(error instanceof Problem)) return "Something went wrong in the app.";
  const words = WORDS[error.type] ?? (error.message || "Something went wrong on the server.");
  return /[.!?]$/.test(words) ? words : `${words}.`;
}

/** Reads an answer of status 400 or more. */
export async function problemOf(response: Response): Promise<Problem> {
  let type = "";
  let message = "";
  try {
    const body: unknown = await response.json();
    if (body && typeof body === "object") {
      const { type: uri, title, detail } = body as Record<string, unknown>;
      type = typeof uri === "string" ? (uri.split("/").pop() ?? "") : "";
      message = [detail, title].find((text) => typeof text === "string" && text) as string;
    }
  } catch {
    // Not JSON: something between us and the server answered.
  }
  if (!type && response.status === 401) type = "unauthenticated";
  if (!type && response.status === 429) type = "rate-limited";
  const retryAfter = Number(response.headers.get("retry-after"));
  return new Problem(
    type,
    response.status,
    message,
    Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : 0,
  );
}
